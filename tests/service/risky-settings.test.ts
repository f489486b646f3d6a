import { chmodSync } from 'node:fs'
import { dirname } from 'node:path'
import test from 'ava'
import { parseConfig } from '../../server/config.ts'
import { findRiskySettings } from '../../server/risky-settings.ts'
import { doctorJson, findingsOf, healthyDataFile } from '../helpers/doctor.ts'
import { type Settings, startServerProcess } from '../helpers/processes.ts'

const namesOf = (settings: Settings, openFolders: readonly string[] = []): string[] =>
  findRiskySettings(parseConfig({ DATABASE_URL: 'file:/srv/data/guestlist.db', ...settings }), (folder) =>
    openFolders.includes(folder),
  ).map(({ name }) => name)

/** Settings that open something, each with the one that is to be named. */
const risky: readonly (readonly [named: string, settings: Settings])[] = [
  ['PUBLIC_URL', { PUBLIC_URL: 'http://auth.example' }],
  ['PUBLIC_URL', { PUBLIC_URL: 'http://192.168.0.2:3000' }],
  ['PUBLIC_URL', { PUBLIC_URL: 'http://127.0.0.1.evil.example' }],
  ['INVITE_URL', { INVITE_URL: 'http://chat.example/join' }],
  ['RESET_URL', { RESET_URL: 'http://chat.example/reset' }],
  ['OAUTH_RETURN_ORIGINS', { OAUTH_RETURN_ORIGINS: 'https://chat.example,http://chat.example' }],
  ['CORS_ORIGINS', { CORS_ORIGINS: 'http://chat.example' }],
  ['HOST', { HOST: '0.0.0.0' }],
  ['HOST', { HOST: '::' }],
  ['METRICS_HOST', { METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0' }],
  ['METRICS_HOST', { METRICS_PORT: '9464', METRICS_HOST: 'auth.example' }],
  ['TRUST_PROXY', { TRUST_PROXY: '198.0.0.0/8' }],
  ['TRUST_PROXY', { TRUST_PROXY: '2400::/12' }],
  ['TOKEN_TTL', { TOKEN_TTL: '61m' }],
  ['SESSION_TTL', { SESSION_TTL: '36500d' }],
  ['AUDIT_RETENTION', { AUDIT_RETENTION: '1s' }],
  ['RATE_LIMITS', { RATE_LIMITS: 'off' }],
  ['ALLOW_NETWORK_FILE_SYSTEM', { ALLOW_NETWORK_FILE_SYSTEM: 'on' }],
]

for (const [named, settings] of risky) {
  test(`${JSON.stringify(settings)} is taken, and ${named} is named with what it opens`, (t) => {
    t.deepEqual(namesOf(settings), [named])
  })
}

test('a folder that every user of the machine can write in is named, of the data file and of the backups', (t) => {
  t.deepEqual(namesOf({}, ['/srv/data']), ['DATABASE_URL'])
  t.deepEqual(namesOf({ BACKUP_DIR: '/srv/backups' }, ['/srv/backups']), [], 'no backups are made there')
  t.deepEqual(namesOf({ BACKUP_DIR: '/srv/backups', BACKUP_EVERY: '1d' }, ['/srv/backups']), ['BACKUP_DIR'])
})

test('nothing is said of what opens nothing', (t) => {
  for (const settings of [
    {},
    { PUBLIC_URL: 'https://auth.example', HOST: '0.0.0.0', TRUST_PROXY: '1' },
    { PUBLIC_URL: 'http://[::1]:3000', HOST: '127.0.0.2' },
    { RESET_URL: 'https://chat.example/reset', INVITE_URL: 'https://chat.example/join' },
    { METRICS_HOST: '0.0.0.0' },
    { METRICS_PORT: '9464' },
    // Private networks, a house's own, and one as large as those that run proxies for others have.
    { TRUST_PROXY: 'loopback, linklocal, uniquelocal, 100.64.0.0/10' },
    { TRUST_PROXY: '104.16.0.0/13, 172.64.0.0/13, 162.158.0.0/15, 2400:cb00::/32, 2a06:98c0::/29' },
    { TOKEN_TTL: '1h', SESSION_TTL: '180d', AUDIT_RETENTION: '30d' },
  ]) {
    t.deepEqual(namesOf(settings), [], JSON.stringify(settings))
  }
})

test('a start names each of them once in the log, and goes on', async (t) => {
  const file = await healthyDataFile(t)
  chmodSync(dirname(file), 0o777)
  const settings = { PUBLIC_URL: 'http://auth.example', TOKEN_TTL: '2h', LOG_LEVEL: 'info' }
  const server = await startServerProcess(t, file, settings)
  t.is((await fetch(`${server.url}/readyz`)).status, 200)
  server.child.kill('SIGTERM')
  const { stdout } = await server.ended
  const warned = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'setting.risky')
  t.deepEqual(
    warned.map(({ level, setting }) => [level, setting]),
    [
      ['warn', 'PUBLIC_URL'],
      ['warn', 'TOKEN_TTL'],
      ['warn', 'DATABASE_URL'],
      ['warn', 'RATE_LIMITS'],
    ],
  )
  t.regex(warned[1].msg, /^TOKEN_TTL: .*ended session/)
  t.regex(warned[2].msg, /chmod o-w /)
})

test('the doctor warns of each, and says no thing twice', async (t) => {
  const file = await healthyDataFile(t)
  chmodSync(dirname(file), 0o777)
  const { reports } = await doctorJson(t, file, { PUBLIC_URL: 'http://auth.example', TOKEN_TTL: '2h', HOST: '0.0.0.0' })
  t.deepEqual(
    findingsOf(reports)
      .map(({ check, message }) => (check === 'settings' ? `${check} ${message}` : check))
      .sort(),
    ['file-modes', 'public-url', 'settings HOST', 'settings TOKEN_TTL'],
  )
})
