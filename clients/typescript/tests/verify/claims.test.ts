import test from 'ava'
import { TokenError } from '../../src/verify/index.ts'
import { claims, noon, signWith, startIssuer } from '../helpers/issuer.ts'
import { allOf, outcomeOf, outcomesOf } from '../helpers/verify-outcomes.ts'

test('a token of another issuer, or for another audience, is refused', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const wrong = [
    { iss: 'http://evil.example' },
    { iss: 'http://issuer.example/' },
    { iss: ['http://issuer.example'] },
    { aud: 'another' },
    { aud: 'GUESTLIST' },
    { aud: [] },
    { aud: ['another'] },
  ]
  const forged = Object.fromEntries(wrong.map((claim) => [JSON.stringify(claim), signWith(key, claims(claim))]))
  t.deepEqual(await outcomesOf(createVerifier(), forged), allOf(forged, 'token_invalid'))
  t.is(await outcomeOf(createVerifier({ audience: 'another' }), signWith(key)), 'token_invalid')
  t.is(await outcomeOf(createVerifier({ audience: 'another' }), signWith(key, claims({ aud: 'another' }))), 'accepted')
  t.is(await outcomeOf(createVerifier(), signWith(key, claims({ aud: ['another', 'guestlist'] }))), 'accepted')
})

test('a token is refused without a claim that it must have', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const missing = ['iss', 'aud', 'sub', 'sid', 'iat', 'exp'].map((name) => [
    name,
    signWith(key, claims({ [name]: undefined })),
  ])
  const forged = Object.fromEntries(missing)
  t.deepEqual(await outcomesOf(createVerifier(), forged), allOf(forged, 'token_invalid'))
  t.is(await outcomeOf(createVerifier(), signWith(key, claims({ nbf: undefined }))), 'accepted')
})

test('a token is refused with a claim of another type', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const wrong = [
    ...['sub', 'sid'].flatMap((name) => ['', 1, null, {}, ['user-1']].map((value) => ({ [name]: value }))),
    ...['iat', 'exp', 'nbf'].flatMap((name) => [String(noon), null, {}, [noon]].map((value) => ({ [name]: value }))),
    { exp: 1e300 },
    { iat: -1e300 },
  ]
  const forged = Object.fromEntries(wrong.map((claim) => [JSON.stringify(claim), signWith(key, claims(claim))]))
  t.deepEqual(await outcomesOf(createVerifier(), forged), allOf(forged, 'token_invalid'))
})

test('of a claim that stands twice the last one counts, as RFC 7519 (section 4) allows', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const twice = JSON.stringify(claims()).replace('{', '{"sub":"user-0","exp":1,')
  t.like(await createVerifier().verify(signWith(key, twice)), { userId: 'user-1' })
})

test('a token is good from 30 seconds before its beginning until 30 seconds after its end', async (t) => {
  const { key, createVerifier, advance } = await startIssuer(t)
  const token = signWith(key, claims({ iat: noon + 100, nbf: noon + 70, exp: noon + 1000 }))
  const verifier = createVerifier()
  advance(39_000)
  t.is(await outcomeOf(verifier, token), 'token_invalid')
  advance(1_000)
  t.is(await outcomeOf(verifier, token), 'accepted')
  advance(989_000)
  t.is(await outcomeOf(verifier, token), 'accepted')
  advance(1_000)
  t.is(await outcomeOf(verifier, token), 'token_expired')
})

test('an expired token is only called so when all else is right', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const expired = { exp: noon - 60 }
  const [header, payload] = signWith(key, claims(expired)).split('.')
  const forged = {
    'another audience': signWith(key, claims({ ...expired, aud: 'another' })),
    'another type': signWith(key, claims(expired), { typ: 'JWT' }),
    'another signature': `${header}.${payload}.${signWith(key).split('.')[2]}`,
  }
  t.deepEqual(await outcomesOf(createVerifier(), forged), allOf(forged, 'token_invalid'))
  t.is(await outcomeOf(createVerifier(), signWith(key, claims(expired))), 'token_expired')
})

test('a refusal tells the cause, and neither holds the token', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const token = signWith(key, claims({ aud: 'another' }))
  const error = await t.throwsAsync(createVerifier().verify(token), { instanceOf: TokenError })
  t.regex(String(error?.cause), /"aud"/)
  for (const part of token.split('.')) t.false(`${error?.stack}${error?.cause}`.includes(part))
})
