import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { StartupError } from '../../db/startup-error.ts'
import { parseKeyEncryptionKey, unwrapKey, wrapKey } from '../../server/sessions/key-wrapping.ts'
import { backUp } from '../helpers/backups.ts'
import { runCommand } from '../helpers/commands.ts'
import { doctorJson } from '../helpers/doctor.ts'
import { logIn, registerPerson } from '../helpers/people.ts'
import { refusalOf } from '../helpers/refusal.ts'
import { startServer, type TestServer, temporaryFolder } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

function keyFile(t: ExecutionContext, content = randomBytes(32).toString('base64')): Record<string, string> {
  const file = join(temporaryFolder(t), 'key')
  writeFileSync(file, `${content}\n`, { mode: 0o600 })
  return { KEY_ENCRYPTION_KEY_FILE: file }
}

const storedKeys = (server: TestServer): string[] =>
  server.query<{ private_key: string }>('SELECT private_key FROM signing_keys').map(({ private_key }) => private_key)

/** The private scalar, as it stands in PKCS #8 in DER, and the line of PEM that holds its beginning. */
function secretsOf(pem: string): (string | Buffer)[] {
  const lines = pem.trim().split('\n').slice(1, -1)
  const der = Buffer.from(lines.join(''), 'base64')
  const scalar = der.subarray(36, 68)
  return [scalar, scalar.toString('hex'), scalar.toString('base64url'), ...lines]
}

test('switching the wrapping on wraps the keys that are there, and signs nobody out; the data file holds none as it is', async (t) => {
  const plain = await startServer(t)
  const { token } = await registerPerson(plain)
  const [pem = ''] = storedKeys(plain)
  await plain.stop()
  t.true(readFileSync(plain.file).includes(secretsOf(pem)[3] ?? ''), 'before it lies there')
  const settings = keyFile(t)
  const wrapped = await startServer(t, { file: plain.file, clock: plain.clock, settings })
  t.is((await getMe(wrapped, token)).status, 200)
  t.is((await logIn(wrapped)).status, 200)
  t.true(storedKeys(wrapped).every((each) => each.startsWith('wrapped:v1:')))
  const backups = temporaryFolder(t)
  const { file: backup } = await backUp(wrapped.file, backups)
  await wrapped.stop()
  for (const file of [wrapped.file, backup]) {
    for (const secret of secretsOf(pem)) t.false(readFileSync(file).includes(secret), String(secret))
  }
  const again = await startServer(t, { file: plain.file, clock: plain.clock, settings })
  t.is((await getMe(again, token)).status, 200)
})

test('a new file, a rotated key and a restored file are wrapped from the first', async (t) => {
  const settings = keyFile(t)
  const server = await startServer(t, { settings })
  await registerPerson(server)
  t.is((await runCommand(t, server.file, ['keys', 'rotate'], settings)).code, 0)
  t.is(storedKeys(server).length, 2)
  t.true(storedKeys(server).every((each) => each.startsWith('wrapped:v1:')))
  const { file: backup } = await backUp(server.file, temporaryFolder(t))
  await server.stop()
  const restored = await runCommand(t, server.file, ['restore', backup], settings)
  t.is(restored.code, 0, restored.stderr)
  t.is(storedKeys(server).length, 1)
  t.true(storedKeys(server)[0]?.startsWith('wrapped:v1:'))
})

test('with another key, or none, the server does not start, says what to do, and changes nothing', async (t) => {
  const settings = keyFile(t)
  const server = await startServer(t, { settings })
  await server.stop()
  const before = readFileSync(server.file)
  for (const [other, says] of [
    [{}, /set KEY_ENCRYPTION_KEY_FILE/],
    [keyFile(t), /wrapped by another key/],
  ] as const) {
    const error = await t.throwsAsync(startServer(t, { file: server.file, settings: other }), {
      instanceOf: StartupError,
    })
    t.regex(error?.message ?? '', says)
  }
  t.deepEqual(readFileSync(server.file), before)
})

test('what was wrapped for one key opens for no other, and not once a bit is changed', (t) => {
  const key = parseKeyEncryptionKey(randomBytes(32).toString('hex'))
  const wrapped = wrapKey(key, 'one', 'a private key')
  t.is(unwrapKey(key, 'one', wrapped), 'a private key')
  t.throws(() => unwrapKey(key, 'another', wrapped), { instanceOf: StartupError })
  const bytes = Buffer.from(wrapped.slice('wrapped:v1:'.length), 'base64url')
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes)
    changed[index] = (changed[index] ?? 0) ^ 1
    t.throws(() => unwrapKey(key, 'one', `wrapped:v1:${changed.toString('base64url')}`), { instanceOf: StartupError })
  }
  t.not(wrapKey(key, 'one', 'a private key'), wrapped, 'a nonce of its own each time')
})

test('keys unwrap takes the wrapping off, for a server without the setting; the trail tells', async (t) => {
  const settings = keyFile(t)
  const server = await startServer(t, { settings })
  const { token } = await registerPerson(server)
  await server.stop()
  t.not((await runCommand(t, server.file, ['keys', 'unwrap'])).code, 0)
  t.is((await runCommand(t, server.file, ['keys', 'unwrap'], settings)).code, 0)
  const plain = await startServer(t, { file: server.file, clock: server.clock })
  t.is((await getMe(plain, token)).status, 200)
  t.is(plain.query("SELECT event FROM audit_events WHERE event = 'signing_key.unwrapped'").length, 1)
})

test('the doctor and the list of keys tell whether they are wrapped, and by another key', async (t) => {
  const settings = keyFile(t)
  const server = await startServer(t, { settings })
  await server.stop()
  const messageOf = async (given: Record<string, string>) => {
    const { reports } = await doctorJson(t, server.file, given)
    return reports.find(({ check }) => check === 'signing-key')
  }
  t.like(await messageOf(settings), { status: 'ok', message: 'a signing key signs, is not old, and is wrapped' })
  t.like(await messageOf({}), { status: 'error' })
  t.like(await messageOf(keyFile(t)), { status: 'error' })
  const { stdout } = await runCommand(t, server.file, ['keys', 'list', '--json'], settings)
  t.deepEqual(
    JSON.parse(stdout).map(({ wrapped }: { wrapped: boolean }) => wrapped),
    [true],
  )
})

test('a key that is none is refused at the start, without being repeated', (t) => {
  for (const text of [
    'short',
    randomBytes(31).toString('base64'),
    randomBytes(33).toString('hex'),
    'A'.repeat(43),
    'ab'.repeat(32),
  ]) {
    const refusal = refusalOf({ KEY_ENCRYPTION_KEY: text })
    t.regex(refusal, /^KEY_ENCRYPTION_KEY must be 32 random bytes/)
    t.false(refusal.includes(text))
  }
})
