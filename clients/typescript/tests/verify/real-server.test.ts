import test, { type ExecutionContext } from 'ava'
import { rotateSigningKey } from '../../../../server/sessions/signing-keys.ts'
import { runCommand } from '../../../../tests/helpers/commands.ts'
import { logIn, registerPerson } from '../../../../tests/helpers/people.ts'
import { createClock, type StartOptions, startServer, type TestServer } from '../../../../tests/helpers/start-server.ts'
import { readToken, refreshed, sessionIdOf, signToken } from '../../../../tests/helpers/tokens.ts'
import { createVerifier, type Verifier } from '../../src/verify/index.ts'
import { outcomeOf } from '../helpers/verify-outcomes.ts'

const minute = 60_000

interface Application {
  readonly server: TestServer
  readonly verifier: Verifier
  /** How often the keys were fetched. */
  fetches(): number
}

async function startApplication(t: ExecutionContext, options?: StartOptions): Promise<Application> {
  const server = await startServer(t, options)
  let fetches = 0
  const verifier = createVerifier({
    issuer: 'http://localhost:3000',
    jwksUrl: `${server.url}/.well-known/jwks.json`,
    clock: server.clock,
    fetch: (url, init) => {
      fetches += 1
      return fetch(url, init)
    },
  })
  return { server, verifier, fetches: () => fetches }
}

test('a token of the server is verified, and so is the one it is exchanged for', async (t) => {
  const { server, verifier, fetches } = await startApplication(t)
  const { token, user } = await registerPerson(server)
  const verified = await verifier.verify(token)
  t.is(verified.userId, user.id)
  t.is(verified.sessionId, sessionIdOf(token))
  t.is(verified.issuedAt.getTime(), server.clock.now())
  t.is(verified.expiresAt.getTime(), Number(readToken(token).claims.exp) * 1000)
  t.like(await verifier.verify(await refreshed(server, token)), { userId: user.id, sessionId: verified.sessionId })
  t.is(fetches(), 1)
})

test('a token is refused a quarter of an hour later, and its exchange is accepted', async (t) => {
  const { server, verifier } = await startApplication(t)
  const { token } = await registerPerson(server)
  server.clock.advance(15 * minute + 30_000)
  t.is(await outcomeOf(verifier, token), 'token_expired')
  t.is(await outcomeOf(verifier, await refreshed(server, token)), 'accepted')
})

test('a token of a server with another audience, or another address, is refused', async (t) => {
  const { server, verifier } = await startApplication(t)
  await registerPerson(server)
  await server.stop()
  for (const settings of [{ AUDIENCE: 'another' }, { PUBLIC_URL: 'http://evil.example' }]) {
    const other = await startServer(t, { file: server.file, clock: server.clock, settings })
    const ofOther = createVerifier({
      issuer: 'http://localhost:3000',
      jwksUrl: `${other.url}/.well-known/jwks.json`,
      clock: server.clock,
    })
    const { token } = (await logIn(other)).body
    t.is(await outcomeOf(ofOther, token), 'token_invalid')
    t.is(await outcomeOf(verifier, token), 'keys_unavailable', 'the first one is stopped')
    await other.stop()
  }
})

test('a token of another server is refused', async (t) => {
  const { verifier } = await startApplication(t)
  const { token } = await registerPerson(await startServer(t))
  t.is(await outcomeOf(verifier, token), 'token_invalid')
})

test('what the server’s key signed for another purpose is refused', async (t) => {
  const { server, verifier } = await startApplication(t)
  const { token } = await registerPerson(server)
  const { claims } = readToken(token)
  t.is(await outcomeOf(verifier, signToken(server, claims)), 'accepted')
  t.is(await outcomeOf(verifier, signToken(server, claims, { typ: 'JWT' })), 'token_invalid')
  t.is(await outcomeOf(verifier, signToken(server, { ...claims, sid: undefined })), 'token_invalid')
})

test('guestlist keys rotate refuses nobody: the new key is known before it signs', async (t) => {
  const { server, verifier, fetches } = await startApplication(t, { clock: createClock(Date.now()) })
  let { token } = await registerPerson(server)
  const kids = new Set<unknown>()
  const { code, stderr } = await runCommand(t, server.file, ['keys', 'rotate'])
  t.is(code, 0, stderr)
  for (let passed = 0; passed < 15; passed += 1) {
    t.is(await outcomeOf(verifier, token), 'accepted')
    kids.add(readToken(token).header.kid)
    server.clock.advance(minute)
    token = await refreshed(server, token)
  }
  t.is(kids.size, 2)
  t.is(fetches(), 3, 'one every five minutes')
})

test('a key that signs at once makes one fetch, however many tokens name it', async (t) => {
  const { server, verifier, fetches } = await startApplication(t)
  const { token } = await registerPerson(server)
  t.is(await outcomeOf(verifier, token), 'accepted')
  server.clock.advance(minute)
  const { db } = server.auth.deps
  await db.transaction().execute((trx) => rotateSigningKey(trx, server.clock.now() - 10 * minute))
  server.clock.advance(minute)
  const next = await refreshed(server, token)
  t.not(readToken(next).header.kid, readToken(token).header.kid)
  const outcomes = await Promise.all([...Array(20).fill(next), token].map((one) => outcomeOf(verifier, one)))
  t.deepEqual(outcomes, Array(21).fill('accepted'))
  t.is(fetches(), 2)
})
