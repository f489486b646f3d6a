import { randomUUID } from 'node:crypto'
import test from 'ava'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'
import { registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { type Claims, getMe, readToken, refresh, sessionRow, signToken } from '../helpers/tokens.ts'

const mistyped: Record<string, readonly unknown[]> = {
  iss: [undefined, null, 5, ['http://localhost:3000']],
  aud: [undefined, null, 5, ['guestlist']],
  sub: [undefined, null, 5, {}],
  sid: [undefined, null, 5, []],
  gen: [undefined, null, '1', 0, -1, 1.5, 2 ** 53, true],
  exp: [undefined, null, '1795436100', 1.5, 1e300],
}

test('a claim that is missing or of the wrong type is refused, though our own key has signed it', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { claims } = readToken(token)
  const before = sessionRow(server, token)
  const entries = Object.entries(mistyped).flatMap(([claim, values]) =>
    values.map((value): [string, Claims] => [`${claim} ${JSON.stringify(value)}`, { ...claims, [claim]: value }]),
  )
  const forged = Object.fromEntries(entries.map(([name, each]) => [name, signToken(server, each)]))
  const expected = allOf(forged, '401 token_invalid')
  t.deepEqual(await outcomesOf(t, forged, (each) => getMe(server, each)), expected)
  t.deepEqual(await outcomesOf(t, forged, (each) => refresh(server, each)), expected)
  t.deepEqual(sessionRow(server, token), before)
})

test('claims that are no object are refused', async (t) => {
  const server = await startServer(t)
  const forged = Object.fromEntries([null, 5, 'text', [], true].map((each) => [String(each), signToken(server, each)]))
  const expected = allOf(forged, '401 token_invalid')
  t.deepEqual(await outcomesOf(t, forged, (each) => getMe(server, each)), expected)
})

test('a token that no session fits is of a session that has ended, and ends none', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const { claims } = readToken(token)
  const forged = {
    'unknown session': signToken(server, { ...claims, sid: randomUUID() }),
    'no id': signToken(server, { ...claims, sid: "' OR 1=1 --" }),
    'session of somebody else': signToken(server, { ...claims, sub: bob.user.id }),
    'unknown user': signToken(server, { ...claims, sub: randomUUID() }),
    'generation that was never reached': signToken(server, { ...claims, gen: 2 }),
    'generation far ahead': signToken(server, { ...claims, gen: Number.MAX_SAFE_INTEGER }),
  }
  const expected = allOf(forged, '401 session_ended')
  t.deepEqual(await outcomesOf(t, forged, (each) => getMe(server, each)), expected)
  t.deepEqual(await outcomesOf(t, forged, (each) => refresh(server, each)), expected)
  t.is(sessionRow(server, token).ended_at, null)
  t.is((await getMe(server, token)).status, 200)
  t.is((await refresh(server, token)).status, 200)
  t.deepEqual(server.query("SELECT * FROM audit_events WHERE event = 'session.token_reused'"), [])
})
