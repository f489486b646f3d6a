import test from 'ava'
import { getLiveSession } from '../../server/sessions/authenticate.ts'
import { refreshSession } from '../../server/sessions/refresh-session.ts'
import { readToken, type TokenClaims } from '../../server/sessions/tokens.ts'
import { registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { generationOf } from '../helpers/tokens.ts'

/** Refreshes that have all read the session before the first of them writes: begun in one turn of the event loop. */
async function refreshInOneInstant({ auth }: TestServer, tokens: readonly string[]) {
  const claims = await Promise.all(tokens.map((token) => readToken(auth.deps, token)))
  const sessions = await Promise.all(claims.map(async (claim) => (await getLiveSession(auth.deps, claim)).session))
  return await Promise.allSettled(
    sessions.map((session, index) => refreshSession(auth.deps, claims[index] as TokenClaims, session)),
  )
}

test('refreshes of one token that read the session in the same instant move it on by one, and all are answered', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const results = await refreshInOneInstant(server, [token, token, token])
  t.deepEqual(
    results.map((result) => result.status === 'fulfilled' && generationOf(result.value)),
    [2, 2, 2],
  )
  t.deepEqual(server.query('SELECT generation FROM sessions'), [{ generation: 2 }])
})

test('an owner and a thief whose refreshes read the session in the same instant are not both answered', async (t) => {
  for (const isThiefFirst of [true, false]) {
    const server = await startServer(t)
    const { token: stolen } = await registerPerson(server)
    const { body: current } = await server.request('POST', '/api/auth/refresh', { token: stolen })
    server.clock.advance(31_000)
    const tokens = isThiefFirst ? [stolen, current.token] : [current.token, stolen]
    const results = await refreshInOneInstant(server, tokens)
    t.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
    t.like(results[1], { reason: { code: 'token_reused' } })
    t.deepEqual(server.query('SELECT end_reason FROM sessions'), [{ end_reason: 'token_reused' }])
  }
})
