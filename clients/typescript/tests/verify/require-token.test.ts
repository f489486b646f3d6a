import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import express, { type Express } from 'express'
import { createVerifier, getVerifiedToken, requireToken, type Verifier } from '../../src/verify/index.ts'
import { claims, makeKey, noon, signWith, startIssuer } from '../helpers/issuer.ts'

async function listen(t: ExecutionContext, app: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An application with one route that needs a token, and how often that was reached. */
function createApplication(verifier: Verifier): { app: Express; reached: () => number } {
  let reached = 0
  const app = express()
  app.get('/whoami', requireToken(verifier), (request, response) => {
    reached += 1
    response.json(getVerifiedToken(request))
  })
  return { app, reached: () => reached }
}

const ask = (url: string, authorization?: string): Promise<Response> =>
  fetch(`${url}/whoami`, authorization === undefined ? {} : { headers: { authorization } })

test('a good token is let in, and the handler reads what it says', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const { app, reached } = createApplication(createVerifier())
  const url = await listen(t, app)
  for (const scheme of ['Bearer', 'bearer', 'BEARER ']) {
    const response = await ask(url, `${scheme} ${signWith(key)}`)
    t.is(response.status, 200)
    t.deepEqual(await response.json(), {
      userId: 'user-1',
      sessionId: 'session-1',
      issuedAt: '2026-11-23T12:00:00.000Z',
      expiresAt: '2026-11-23T12:15:00.000Z',
    })
  }
  t.is(reached(), 3)
})

test('whoever is refused is told why, with problem details and a challenge, and goes no further', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const { app, reached } = createApplication(createVerifier())
  const url = await listen(t, app)
  const good = signWith(key)
  const refused: [authorization: string | undefined, code: string][] = [
    [undefined, 'token_missing'],
    ['', 'token_missing'],
    ['Bearer', 'token_missing'],
    ['Bearer ', 'token_missing'],
    [good, 'token_missing'],
    [`Basic ${good}`, 'token_missing'],
    [`DPoP ${good}`, 'token_missing'],
    [`Bearer ${good} ${good}`, 'token_missing'],
    ['Bearer garbage', 'token_invalid'],
    [`Bearer ${signWith(makeKey(key.kid))}`, 'token_invalid'],
    [`Bearer ${signWith(key, claims({ exp: noon - 60 }))}`, 'token_expired'],
  ]
  for (const [authorization, code] of refused) {
    const response = await ask(url, authorization)
    t.is(response.status, 401, code)
    t.is(response.headers.get('content-type'), 'application/problem+json')
    t.is(response.headers.get('cache-control'), 'no-store')
    const challenge = response.headers.get('www-authenticate') ?? ''
    if (code === 'token_missing') t.is(challenge, 'Bearer realm="guestlist"')
    else t.regex(challenge, /^Bearer realm="guestlist", error="invalid_token", error_description="[^"\\]+"$/)
    const body = (await response.json()) as Record<string, unknown>
    t.deepEqual(Object.keys(body), ['type', 'title', 'status', 'detail', 'code'])
    t.like(body, { type: `urn:problem-type:guestlist:${code}`, status: 401, code })
  }
  t.is(reached(), 0)
})

test('while the keys cannot be fetched the answer is 503, with when to try again', async (t) => {
  const { key, createVerifier } = await startIssuer(t, () => 'hang up')
  const { app, reached } = createApplication(createVerifier())
  const response = await ask(await listen(t, app), `Bearer ${signWith(key)}`)
  t.is(response.status, 503)
  t.is(response.headers.get('retry-after'), '1')
  t.is(response.headers.get('www-authenticate'), null)
  t.like(await response.json(), { status: 503, code: 'keys_unavailable' })
  t.is(reached(), 0)
})

test('a failure of another kind goes to the application’s error handler', async (t) => {
  const broken: Verifier = { verify: () => Promise.reject(new Error('broken')) }
  const { app, reached } = createApplication(broken)
  app.use(((error, _request, response, _next) => {
    response.status(500).json(error.message)
  }) satisfies express.ErrorRequestHandler)
  const response = await ask(await listen(t, app), 'Bearer a')
  t.is(response.status, 500)
  t.is(await response.json(), 'broken')
  t.is(reached(), 0)
})

test('it serves Node’s own requests as well', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const guard = requireToken(createVerifier())
  const url = await listen(t, (request, response) => {
    guard(request, response, () => response.end(getVerifiedToken(request).userId))
  })
  t.is(await (await ask(url, `Bearer ${signWith(key)}`)).text(), 'user-1')
  t.is((await ask(url)).status, 401)
})

test('a handler without the middleware before it fails instead of letting anybody in', (t) => {
  t.throws(() => getVerifiedToken({ headers: {} }), { message: /requireToken/ })
  t.notThrows(() => requireToken(createVerifier({ issuer: 'http://issuer.example' })))
})
