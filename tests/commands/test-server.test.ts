import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import test from 'ava'
import { assertFailure } from '../helpers/commands.ts'
import { registration } from '../helpers/people.ts'
import { startScript } from '../helpers/processes.ts'
import { send } from '../helpers/send.ts'
import { temporaryFolder } from '../helpers/start-server.ts'
import { startTestServer } from '../helpers/test-server-process.ts'
import { readToken } from '../helpers/tokens.ts'

test('the test server says where it is, and is its own issuer', async (t) => {
  const server = await startTestServer(t)
  t.deepEqual(server.rest, { issuer: server.url, audience: 'guestlist' })
  t.is((await send(server.url, 'GET', '/readyz')).status, 200)
})

test('the test server mints what is ordered, for people to register with', async (t) => {
  const server = await startTestServer(t)
  t.deepEqual(await server.order({ id: 7, mint: { uses: null, code: 'ABC123' } }), { id: 7, code: 'ABC123' })
  const body = registration({ inviteCode: 'ABC123' })
  t.is((await send(server.url, 'POST', '/api/auth/register', { body })).status, 201)
  const { code } = await server.order({ id: 8, mint: {} })
  t.regex(code, /^[0-9A-Z]{5}(-[0-9A-Z]{5}){4}$/)
  const check = await send(server.url, 'POST', '/api/auth/invites/check', { body: { inviteCode: code } })
  t.is(check.body.usesLeft, 1)
})

test('moved by a quarter of an hour, the clock lets tokens expire, and new ones begin there', async (t) => {
  const server = await startTestServer(t)
  await server.order({ id: 1, mint: { code: 'ABC123' } })
  const body = registration({ inviteCode: 'ABC123' })
  const { token } = (await send(server.url, 'POST', '/api/auth/register', { body })).body
  t.is((await send(server.url, 'GET', '/api/auth/me', { token })).status, 200)
  const { now } = await server.order({ id: 2, advanceMs: 15 * 60_000 })
  t.is((await send(server.url, 'GET', '/api/auth/me', { token })).body.code, 'token_expired')
  const refreshed = await send(server.url, 'POST', '/api/auth/refresh', { token })
  t.true(Math.abs(Number(readToken(refreshed.body.token).claims.iat) - now / 1000) < 60)
})

test('an order that cannot be followed is answered with what is wrong, and the next one is followed', async (t) => {
  const server = await startTestServer(t)
  await server.order({ id: 1, mint: { code: 'ABC123' } })
  t.deepEqual(await server.order({ id: 2, mint: { code: 'abc-123' } }), {
    id: 2,
    error: 'the code abc-123 exists already',
  })
  for (const line of [
    { id: 3, mint: { uses: 0 } },
    { id: 3, advanceMs: -1 },
    { id: 3, stop: true },
  ]) {
    const answer = await server.order(line)
    t.is(answer.id, 3)
    t.is(typeof answer.error, 'string')
  }
  t.is((await server.order('no JSON')).id, null)
  t.like(await server.order({ id: 4, mint: { code: 'DEF456' } }), { id: 4, code: 'DEF456' })
})

test('the test server ends with its standard input, and its data file goes with it', async (t) => {
  const folder = temporaryFolder(t)
  const server = await startTestServer(t, { TMPDIR: folder })
  t.is(readdirSync(folder).length, 1)
  server.stdin.end()
  const { code, stderr } = await server.ended
  t.is(code, 0, stderr)
  t.is(stderr, '')
  t.deepEqual(readdirSync(folder), [])
})

test('a signal ends the test server as well', async (t) => {
  const server = await startTestServer(t)
  server.child.kill('SIGTERM')
  const [code] = await once(server.child, 'close')
  t.is(code, 0)
})

test('the test server refuses any address but loopback, because its hashes are cheap', async (t) => {
  const { ended } = startScript(t, 'scripts/test-server.ts', [], { HOST: '0.0.0.0' })
  assertFailure(t, await ended, /HOST must be loopback/)
})
