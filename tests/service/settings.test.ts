import { resolve } from 'node:path'
import test from 'ava'
import { type Config, parseConfig } from '../../server/config.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

test('every setting has a default that works', (t) => {
  t.deepEqual(parseConfig({}), {
    host: '127.0.0.1',
    port: 3000,
    databaseFile: resolve('data/guestlist.db'),
    allowNetworkFileSystem: false,
    publicUrl: 'http://localhost:3000',
    audience: 'guestlist',
    keyEncryptionKey: undefined,
    tokenTtlMs: 15 * minute,
    sessionTtlMs: 30 * day,
    presenceTtlMs: 60 * second,
    inviteUrl: undefined,
    mail: undefined,
    resetUrl: 'http://localhost:3000/reset-password',
    oauth: { providers: [], returnOrigins: 'loopback' },
    passwordMinLength: 15,
    trustProxy: undefined,
    corsOrigins: 'loopback',
    logLevel: 'info',
    rateLimits: true,
    maxBots: 5,
    auditRetentionMs: 180 * day,
    backupEveryMs: undefined,
    backupFolder: resolve('data/backups'),
    backupKeep: 7,
    metricsPort: undefined,
    metricsHost: '127.0.0.1',
  })
})

/** Setting, value, and what the configuration then has. */
const good: readonly (readonly [name: string, value: string, part: Partial<Config>])[] = [
  ['PORT', '8080', { port: 8080, publicUrl: 'http://localhost:8080' }],
  ['PORT', '65535', { port: 65_535 }],
  ['PORT', '1', { port: 1 }],
  ['PORT', ' 8080 ', { port: 8080 }],
  ['PORT', '', { port: 3000 }],
  ['HOST', '0.0.0.0', { host: '0.0.0.0', corsOrigins: [] }],
  ['HOST', '::', { host: '::', corsOrigins: [] }],
  ['HOST', '::1', { host: '::1', corsOrigins: 'loopback' }],
  ['HOST', 'localhost', { host: 'localhost', corsOrigins: 'loopback' }],
  ['HOST', '127.0.0.2', { host: '127.0.0.2', corsOrigins: 'loopback' }],
  ['HOST', 'auth.example', { host: 'auth.example', corsOrigins: [] }],
  ['DATABASE_URL', 'file:./here.db', { databaseFile: resolve('here.db') }],
  ['DATABASE_URL', 'file:here/there.db', { databaseFile: resolve('here/there.db') }],
  ['DATABASE_URL', 'file:/var/lib/here.db', { databaseFile: '/var/lib/here.db' }],
  ['DATABASE_URL', 'file:///var/lib/here.db', { databaseFile: '/var/lib/here.db' }],
  ['DATABASE_URL', 'file://localhost/var/lib/here.db', { databaseFile: '/var/lib/here.db' }],
  ['DATABASE_URL', 'file:/var/my%20lib/h%C3%A9re.db', { databaseFile: '/var/my lib/hére.db' }],
  ['DATABASE_URL', 'file:/var/my lib/here.db', { databaseFile: '/var/my lib/here.db' }],
  ['ALLOW_NETWORK_FILE_SYSTEM', 'on', { allowNetworkFileSystem: true }],
  ['PUBLIC_URL', 'https://auth.example', { publicUrl: 'https://auth.example' }],
  ['PUBLIC_URL', 'https://auth.example/', { publicUrl: 'https://auth.example' }],
  ['PUBLIC_URL', 'https://example.com/auth//', { publicUrl: 'https://example.com/auth' }],
  ['PUBLIC_URL', 'HTTP://Auth.Example:80', { publicUrl: 'http://auth.example' }],
  ['AUDIENCE', 'chat', { audience: 'chat' }],
  ['TOKEN_TTL', '90s', { tokenTtlMs: 90 * second }],
  ['TOKEN_TTL', '5m', { tokenTtlMs: 5 * minute }],
  ['TOKEN_TTL', '2h', { tokenTtlMs: 2 * hour }],
  ['SESSION_TTL', '7d', { sessionTtlMs: 7 * day }],
  ['SESSION_TTL', '36500d', { sessionTtlMs: 36_500 * day }],
  ['SESSION_TTL', '3153600000s', { sessionTtlMs: 36_500 * day }],
  ['PRESENCE_TTL', '1s', { presenceTtlMs: second }],
  ['INVITE_URL', 'https://chat.example/join', { inviteUrl: 'https://chat.example/join' }],
  ['RESET_URL', 'https://chat.example/forgot/', { resetUrl: 'https://chat.example/forgot' }],
  ['PUBLIC_URL', 'https://example.com/auth', { resetUrl: 'https://example.com/auth/reset-password' }],
  ['PASSWORD_MIN_LENGTH', '8', { passwordMinLength: 8 }],
  ['PASSWORD_MIN_LENGTH', '64', { passwordMinLength: 64 }],
  ['TRUST_PROXY', '1', { trustProxy: 1 }],
  ['TRUST_PROXY', '12', { trustProxy: 12 }],
  ['TRUST_PROXY', 'loopback', { trustProxy: ['loopback'] }],
  ['TRUST_PROXY', '10.0.0.1, 10.1.0.0/16', { trustProxy: ['10.0.0.1', '10.1.0.0/16'] }],
  ['TRUST_PROXY', 'fd00::/8,::1', { trustProxy: ['fd00::/8', '::1'] }],
  ['CORS_ORIGINS', 'https://chat.example', { corsOrigins: ['https://chat.example'] }],
  [
    'CORS_ORIGINS',
    'https://a.example, http://b.example:81',
    { corsOrigins: ['https://a.example', 'http://b.example:81'] },
  ],
  ['LOG_LEVEL', 'debug', { logLevel: 'debug' }],
  ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
  ['RATE_LIMITS', 'off', { rateLimits: false }],
  ['MAX_BOTS', '0', { maxBots: 0 }],
  ['MAX_BOTS', '9999', { maxBots: 9999 }],
  ['AUDIT_RETENTION', '365d', { auditRetentionMs: 365 * day }],
  ['AUDIT_RETENTION', '12h', { auditRetentionMs: 12 * hour }],
  ['BACKUP_EVERY', '6h', { backupEveryMs: 6 * hour }],
  ['BACKUP_DIR', '/var/backups/guestlist', { backupFolder: '/var/backups/guestlist' }],
  ['BACKUP_DIR', 'copies', { backupFolder: resolve('copies') }],
  ['BACKUP_KEEP', '30', { backupKeep: 30 }],
  ['METRICS_PORT', '9464', { metricsPort: 9464 }],
  ['METRICS_HOST', '0.0.0.0', { metricsHost: '0.0.0.0' }],
]

for (const [name, value, part] of good) {
  test(`${name}="${value}" is understood`, (t) => {
    t.like(parseConfig({ [name]: value }), part)
  })
}

test('PORT=0 takes any free port when PUBLIC_URL tells where the server is reached', (t) => {
  t.like(parseConfig({ PORT: '0', PUBLIC_URL: 'https://auth.example' }), { port: 0, publicUrl: 'https://auth.example' })
})

test('what is no setting is passed over', (t) => {
  t.deepEqual(parseConfig({ HOME: '/home/alice', PORTS: 'x', port: 'x' }), parseConfig({}))
})
