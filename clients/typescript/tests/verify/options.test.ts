import test from 'ava'
import { createVerifier, type VerifierOptions } from '../../src/verify/index.ts'
import { signWith, startIssuer } from '../helpers/issuer.ts'

const issuer = 'http://issuer.example'

test('options that cannot be used are refused at once', (t) => {
  const wrong: Record<string, unknown>[] = [
    {},
    { issuer: 'issuer.example' },
    { issuer: 'ftp://issuer.example' },
    { issuer: 'http://a:b@issuer.example' },
    { issuer, audience: '' },
    { issuer, audience: ['guestlist'] },
    { issuer, jwksUrl: '/keys' },
    { issuer, jwksUrl: 'file:///keys' },
    { issuer, fetch: 'fetch' },
    { issuer, clock: {} },
    { issuer, clock: null },
  ]
  for (const options of wrong) {
    t.throws(
      () => createVerifier(options as unknown as VerifierOptions),
      { instanceOf: TypeError },
      JSON.stringify(options),
    )
  }
  t.throws(() => createVerifier(null as unknown as VerifierOptions), { message: 'createVerifier takes { issuer }.' })
  t.throws(() => createVerifier({ issuer: 'nowhere' }), { message: /^issuer must/ })
})

test('without jwksUrl the keys are those below the issuer, and a slash at its end does not matter', async (t) => {
  const { key, createVerifier: create } = await startIssuer(t)
  const urls: string[] = []
  const fetch = (url: string) => {
    urls.push(url)
    return Promise.reject(new Error('offline'))
  }
  await t.throwsAsync(
    create({ issuer: 'http://issuer.example/auth/', jwksUrl: undefined, fetch }).verify(signWith(key)),
  )
  t.deepEqual(urls, ['http://issuer.example/auth/.well-known/jwks.json'])
})

test('the fetch that is given is used for the keys', async (t) => {
  const { key, baseUrl, createVerifier: create } = await startIssuer(t)
  const seen: RequestInit[] = []
  const fetch = (url: string, init: RequestInit) => {
    seen.push(init)
    return globalThis.fetch(url, init)
  }
  const verifier = create({ fetch, jwksUrl: `${baseUrl}/elsewhere` })
  t.deepEqual(await verifier.verify(signWith(key)), {
    userId: 'user-1',
    sessionId: 'session-1',
    issuedAt: new Date('2026-11-23T12:00:00.000Z'),
    expiresAt: new Date('2026-11-23T12:15:00.000Z'),
  })
  t.is(seen.length, 1)
  t.is(seen[0]?.redirect, 'error')
})
