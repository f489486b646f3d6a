import test from 'ava'
import { createAuthServer } from '../../server/auth-server.ts'
import { parseConfig } from '../../server/config.ts'
import { refusalOf } from '../helpers/refusal.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

const bad: Record<string, readonly string[]> = {
  PORT: ['65536', '99999', '-1', '3000.5', '0x10', 'http', '3000;', '１２'],
  HOST: ['a b', 'http://localhost', '127.0.0.1/8', '[::1]', 'ä'],
  DATABASE_URL: [
    'data/guestlist.db',
    'sqlite:./x.db',
    'postgres://localhost/x',
    'file:',
    'file::memory:',
    'file:./x.db?mode=ro',
    'file:./x.db#a',
    'file:./data/',
    'file://elsewhere.example/x.db',
    'file:%zz',
    'file:./a%00b.db',
    'file:///a%00b.db',
  ],
  ALLOW_NETWORK_FILE_SYSTEM: ['true', '1', 'yes', 'ON'],
  PUBLIC_URL: [
    'auth.example',
    'ftp://auth.example',
    'https://',
    'https://a:b@auth.example',
    'https://a.example/?b',
    '//a.example',
    'http://0.0.0.0:3000',
    'https://[::]',
  ],
  TOKEN_TTL: [
    '36500d',
    '25h',
    '15',
    '0m',
    '-1m',
    '1.5h',
    '1 m',
    '15min',
    '1w',
    '1M',
    'm',
    '1h30m',
    '１m',
    'never',
    '1e3s',
    '999999999d',
  ],
  SESSION_TTL: ['0d', 'forever', '36501d', '999999999d'],
  PRESENCE_TTL: ['0s', '60', '999999999d', '36500d', '86401s'],
  INVITE_URL: ['chat.example/join', 'javascript:alert(1)', 'https://chat.example/#/join', 'https://chat.example/?a=b'],
  RESET_URL: ['chat.example/forgot', 'javascript:alert(1)', 'https://chat.example/#/forgot', 'https://chat.example/?a'],
  MAIL_FROM: [
    'auth',
    '@mail.example',
    'a@b.example, c@d.example',
    'Auth <auth@mail.example',
    'Auth auth@mail.example',
    '<a@b.example> Auth',
    'Auth\r\nBcc: c@d.example <a@b.example>',
  ],
  PASSWORD_MIN_LENGTH: ['7', '0', '65', '129', '-15', 'fifteen', '15.0'],
  TRUST_PROXY: [
    'true',
    'TRUE',
    'false',
    'yes',
    '0',
    '-1',
    '100',
    '*',
    'all',
    'proxy.example',
    '10.0.0.1,',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/0',
    '0.0.0.0/0',
    '::/0',
    '::1/129',
    '10.0.0.0/8/8',
    'loopback/8',
    '1, 10.0.0.1',
    '0.0.0.0/1,128.0.0.0/1',
    '0.0.0.0/2, 64.0.0.0/2, 128.0.0.0/2, 192.0.0.0/2',
    '10.0.0.0/1',
    '16.0.0.0/4, 32.0.0.0/8',
    '::/1, 8000::/1',
    '2000::/3',
    '2000::/7,2400::/7',
    '::ffff:0.0.0.0/96',
    '::/64',
    '::ffff:0:0/97,::ffff:8000:0/97',
  ],
  CORS_ORIGINS: [
    '*',
    'null',
    'true',
    'chat.example',
    'https://chat.example/',
    'https://chat.example,',
    'https://*.example',
    'ftp://a.example',
  ],
  LOG_LEVEL: ['verbose', 'INFO', '30'],
  RATE_LIMITS: ['no', 'false', 'OFF', '0'],
  MAX_BOTS: ['-1', '10000', '5.0', 'unlimited', 'off', '５'],
  AUDIT_RETENTION: ['180', '0d', '-1d', 'forever', 'never', '999999999d'],
  BACKUP_EVERY: ['daily', '24', '0h', 'off', '999999999d'],
  BACKUP_DIR: ['file:./backups', 's3://bucket/backups'],
  BACKUP_KEEP: ['0', '-1', '1.5', 'all', '1000000'],
  METRICS_PORT: ['65536', 'on', '-1'],
  METRICS_HOST: ['a b', 'http://localhost'],
}

for (const [name, values] of Object.entries(bad)) {
  for (const value of values) {
    test(`${name}="${value}" is refused by one problem that names it`, (t) => {
      const refusal = refusalOf({ [name]: value })
      t.true(refusal.startsWith(`${name} must be `), refusal)
      t.false(refusal.includes('; '), refusal)
      // Where it may hold a password it is not repeated.
      t.is(refusal.endsWith(`, not ${JSON.stringify(value)}`), !/\/\/[^/]*@/.test(value), refusal)
    })
  }
}

test('all that is wrong is told at once, on one line', (t) => {
  const refusal = refusalOf(Object.fromEntries(Object.entries(bad).map(([name, [value = '']]) => [name, value])))
  t.deepEqual(
    refusal
      .split('; ')
      .map((problem) => problem.split(' ')[0])
      .sort(),
    Object.keys(bad).sort(),
  )
})

test('a value of several lines is told on one', (t) => {
  t.notRegex(refusalOf({ HOST: 'a\nb', LOG_LEVEL: 'x\r\ny' }), /[\r\n]/)
})

test('PORT=0 without PUBLIC_URL is refused, for nobody could reach what the tokens name', (t) => {
  t.regex(refusalOf({ PORT: '0' }), /^PORT=0 .*needs PUBLIC_URL$/)
  t.regex(refusalOf({ PORT: '0', PUBLIC_URL: ' ' }), /^PORT=0 .*needs PUBLIC_URL$/)
})

test('a token may not outlive its session', (t) => {
  t.is(refusalOf({ TOKEN_TTL: '2h', SESSION_TTL: '1h' }), 'TOKEN_TTL must not be longer than SESSION_TTL')
  t.is(refusalOf({ TOKEN_TTL: '1d', SESSION_TTL: '1d' }), '')
})

test('every proxy address that is accepted can be used', async (t) => {
  for (const TRUST_PROXY of [
    '10.0.0.0/8',
    '10.0.0.0/32',
    '::1/128',
    'fe80::1',
    '::ffff:10.0.0.1',
    '::ffff:10.0.0.0/104',
  ]) {
    const config = parseConfig({ TRUST_PROXY, DATABASE_URL: `file:${temporaryFolder(t)}/a.db`, LOG_LEVEL: 'silent' })
    await (await createAuthServer(config)).close()
  }
  t.pass()
})
