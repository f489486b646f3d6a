import { existsSync } from 'node:fs'
import test from 'ava'
import { assertFailure, runCommand } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { logIn, registerPerson } from '../helpers/people.ts'
import { createClock, startServer, type TestServer } from '../helpers/start-server.ts'
import { readToken, verifyOffline } from '../helpers/tokens.ts'

const minute = 60_000

async function publishedIds(server: TestServer): Promise<string[]> {
  const { body } = await server.request('GET', '/.well-known/jwks.json')
  return body.keys.map(({ kid }: { kid: string }) => kid)
}

test('a new key is published by the running server, signs ten minutes later, and signs nobody out', async (t) => {
  const server = await startServer(t, { clock: createClock(Date.now()) })
  const { token } = await registerPerson(server)
  const [oldId] = await publishedIds(server)
  const { code, stdout, stderr } = await runCommand(t, server.file, ['keys', 'rotate'])
  t.is(code, 0, stderr)
  const [, newId] = /^The new key (\S+) is published now and signs from \d{4}-/.exec(stdout) ?? []
  server.clock.advance(minute)
  t.deepEqual(await publishedIds(server), [oldId, newId])
  const during = (await logIn(server)).body.token
  t.is(readToken(during).header.kid, oldId, 'not yet: other services may not have fetched it')
  server.clock.advance(10 * minute)
  const after = (await logIn(server)).body.token
  t.is(readToken(after).header.kid, newId)
  for (const each of [token, during, after]) {
    t.true(await verifyOffline(server, each))
    t.is((await server.request('GET', '/api/auth/me', { token: each })).status, 200)
  }
  const events = server.query("SELECT user_id, details FROM audit_events WHERE event = 'signing_key.rotated'")
  t.deepEqual(events, [{ user_id: null, details: '{"by":"operator"}' }])
})

test('a command that has nothing to do with an empty file refuses a path that names none, and makes none', async (t) => {
  for (const command of [
    ['keys', 'rotate'],
    ['users', 'unlock', 'alice@example.com'],
    ['users', 'reset-password', 'alice@example.com'],
  ]) {
    const file = newDataFile(t)
    assertFailure(t, await runCommand(t, file, command), /does not exist: is DATABASE_URL the one/)
    t.false(existsSync(file))
  }
})

test('keys rotate takes no arguments, and --help rotates nothing', async (t) => {
  const server = await startServer(t)
  assertFailure(t, await runCommand(t, server.file, ['keys', 'rotate', 'now']), /too many arguments/)
  t.regex((await runCommand(t, server.file, ['keys', 'rotate', '--help'])).stdout, /guestlist keys rotate/)
  t.is(server.query('SELECT id FROM signing_keys').length, 1)
})
