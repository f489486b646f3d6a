import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { startBackupProcess } from '../../server/backups/backup-process.ts'
import { parseConfig } from '../../server/config.ts'
import { runChecksOn } from '../helpers/doctor.ts'
import { refusalOf } from '../helpers/refusal.ts'
import { startServer, temporaryFolder } from '../helpers/start-server.ts'

const MAIL_FROM = 'auth@example.com'
const from = { name: '', address: MAIL_FROM }

const secretFile = (t: ExecutionContext, text: string): string => {
  const file = join(temporaryFolder(t), 'secret')
  writeFileSync(file, text)
  return file
}

const good = {
  'smtp://mail.example': { host: 'mail.example', port: 587, isTls: false, login: undefined },
  'smtps://mail.example': { host: 'mail.example', port: 465, isTls: true, login: undefined },
  'SMTP://mail.example:25/': { host: 'mail.example', port: 25, isTls: false, login: undefined },
  'smtp://[::1]:2525': { host: '::1', port: 2525, isTls: false, login: undefined },
  'smtp://user%40club.example:p%2F%C3%A4%25@mail.example:2525': {
    host: 'mail.example',
    port: 2525,
    isTls: false,
    login: { user: 'user@club.example', password: 'p/ä%' },
  },
}

test('SMTP_URL names the mail server, and what special characters user and password have', (t) => {
  for (const [SMTP_URL, smtp] of Object.entries(good)) {
    t.deepEqual(parseConfig({ SMTP_URL, MAIL_FROM }).mail, { smtp, from }, SMTP_URL)
  }
  t.is(parseConfig({ MAIL_FROM }).mail, undefined)
})

const bad = [
  'mail.example:587',
  'http://user:hunter2@mail.example',
  'smtp:user:hunter2@mail.example',
  'smtp://user:hunter2',
  'smtp://user:hunter2@',
  'smtp://user:hunter2@mail example',
  'smtp://user:hunter2@mail.example:0',
  'smtp://user:hunter2@mail.example:65536',
  'smtp://user:hunter2@mail.example/path',
  'smtp://user:hunter2@mail.example?pool=true',
  'smtp://user:hunt/er2@mail.example',
  'smtp://user:hunt#er2@mail.example',
  'smtp://user:hunt?er2@mail.example',
  'smtp://user:hunter2%@mail.example',
  'smtp://user:hunter2%0d%0a@mail.example',
  'smtp://:hunter2@mail.example',
  'smtp://user@mail.example',
  'smtp://user:@mail.example',
]

test('a bad SMTP_URL is refused by one problem that repeats nothing of it, also out of a file', (t) => {
  for (const text of bad) {
    for (const refusal of [
      refusalOf({ SMTP_URL: text, MAIL_FROM }),
      refusalOf({ SMTP_URL: text }),
      refusalOf({ SMTP_URL_FILE: secretFile(t, text), MAIL_FROM }),
    ]) {
      t.true(refusal.startsWith('SMTP_URL must be an address '), `${text}: ${refusal}`)
      t.false(refusal.includes('; '), refusal)
      t.notRegex(refusal, /hunt|er2/)
    }
  }
})

test('SMTP_URL_FILE names a file with it, with or without a line end', (t) => {
  for (const end of ['', '\n', '\r\n']) {
    const SMTP_URL_FILE = secretFile(t, `smtp://mail.example${end}`)
    t.is(parseConfig({ SMTP_URL_FILE, MAIL_FROM }).mail?.smtp.host, 'mail.example')
  }
  t.is(parseConfig({ SMTP_URL_FILE: ' ' }).mail, undefined)
})

test('a file that cannot be read, an empty one, and both settings at once are one clear problem', (t) => {
  const folder = temporaryFolder(t)
  t.is(
    refusalOf({ SMTP_URL_FILE: `${folder}/none`, MAIL_FROM }),
    `SMTP_URL_FILE must be a file that can be read, not "${folder}/none" (ENOENT)`,
  )
  t.regex(refusalOf({ SMTP_URL_FILE: folder }), /^SMTP_URL_FILE must be a file that can be read, not .* \(EISDIR\)$/)
  t.regex(refusalOf({ SMTP_URL_FILE: secretFile(t, '\n') }), /^SMTP_URL_FILE must not be an empty file, as .* is$/)
  const both = { SMTP_URL: 'smtp://mail.example', SMTP_URL_FILE: secretFile(t, 'smtp://mail.example'), MAIL_FROM }
  t.is(refusalOf(both), 'SMTP_URL and SMTP_URL_FILE must not both be set')
})

test('SMTP_URL needs MAIL_FROM', (t) => {
  t.regex(refusalOf({ SMTP_URL: 'smtp://mail.example' }), /^SMTP_URL needs MAIL_FROM/)
  t.regex(refusalOf({ SMTP_URL_FILE: secretFile(t, 'smtp://mail.example') }), /^SMTP_URL needs MAIL_FROM/)
})

test('MAIL_FROM is an address, or a name with one', (t) => {
  const name = (MAIL_FROM: string) => parseConfig({ SMTP_URL: 'smtp://mail.example', MAIL_FROM }).mail?.from
  t.deepEqual(name(`Guestlist <${MAIL_FROM}>`), { name: 'Guestlist', address: MAIL_FROM })
  t.deepEqual(name(`"Gästeliste, Club" <${MAIL_FROM}>`), { name: 'Gästeliste, Club', address: MAIL_FROM })
  t.deepEqual(name(`<${MAIL_FROM}>`), from)
})

test('the process that makes scheduled backups has nothing of the mail server', async (t) => {
  const server = await startServer(t)
  // One that it could not read.
  process.env.SMTP_URL_FILE = `${server.file}.none`
  t.teardown(() => delete process.env.SMTP_URL_FILE)
  const { file } = await startBackupProcess(server.auth.deps.config).done
  t.true(existsSync(file))
})

test('doctor reads the file as the server does', async (t) => {
  const file = join(temporaryFolder(t), 'guestlist.db')
  const settings = async (SMTP_URL_FILE: string) =>
    (await runChecksOn(file, { SMTP_URL_FILE, MAIL_FROM })).find(({ check }) => check === 'settings')
  t.like(await settings(secretFile(t, 'smtp://mail.example\n')), { status: 'ok' })
  const report = await settings(`${file}.none`)
  t.like(report, { status: 'error' })
  t.regex(report?.message ?? '', /^SMTP_URL_FILE must be a file that can be read/)
})
