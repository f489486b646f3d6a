import test from 'ava'
import { getLiveSession } from '../../server/sessions/authenticate.ts'
import { refreshSession } from '../../server/sessions/refresh-session.ts'
import { nextGeneration } from '../../server/sessions/session.ts'
import { endSession, findSession, rotateSession } from '../../server/sessions/session-store.ts'
import { readToken } from '../../server/sessions/tokens.ts'
import { registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, refreshed, sessionIdOf, sessionRow } from '../helpers/tokens.ts'

test('of refreshes that see a theft in the same instant one says token_reused, and it is written down once', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await getMe(server, await refreshed(server, token))
  server.clock.advance(31_000)
  const { deps } = server.auth
  const claims = await readToken(deps, token)
  const { session } = await getLiveSession(deps, claims)
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => refreshSession(deps, claims, session)))
  const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'answered')).sort()
  t.deepEqual(codes, ['session_ended', 'session_ended', 'session_ended', 'session_ended', 'token_reused'])
  t.is(server.query("SELECT id FROM audit_events WHERE event = 'session.token_reused'").length, 1)
})

test('a refresh that read the session before it ended does not move it on', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { db, now } = server.auth.deps
  const found = await findSession(db, sessionIdOf(token))
  if (found === undefined) return t.fail('there is no such session')
  t.true(await endSession(db, found.session.id, 'logged_out', now()))
  const ended = sessionRow(server, token)
  t.false(await rotateSession(db, found.session, nextGeneration(server.auth.deps, found.session, 1)))
  t.deepEqual(sessionRow(server, token), ended)
  t.false(await endSession(db, found.session.id, 'token_reused', now() + 1), 'nor does it end twice')
  t.deepEqual(sessionRow(server, token), ended)
})
