import test from 'ava'
import { KeysUnavailableError } from '../../src/verify/index.ts'
import { gate } from '../helpers/gate.ts'
import { claims, makeKey, noon, signWith, startIssuer } from '../helpers/issuer.ts'
import type { Answer } from '../helpers/test-server.ts'
import { outcomeOf } from '../helpers/verify-outcomes.ts'

const minute = 60_000
const lasting = claims({ exp: noon + 86_400 })

test('the keys are fetched when the first token comes, and kept for five minutes', async (t) => {
  const { key, createVerifier, requests, advance } = await startIssuer(t)
  const verifier = createVerifier()
  t.is(requests.length, 0)
  const token = signWith(key, lasting)
  for (let count = 0; count < 3; count += 1) t.is(await outcomeOf(verifier, token), 'accepted')
  advance(5 * minute - 1)
  t.is(await outcomeOf(verifier, token), 'accepted')
  t.is(requests.length, 1)
  advance(1)
  t.is(await outcomeOf(verifier, token), 'accepted')
  t.is(requests.length, 2)
})

test('a key that is no longer published is refused once the keys are fetched anew', async (t) => {
  const { key, published, createVerifier, advance } = await startIssuer(t)
  const verifier = createVerifier()
  t.is(await outcomeOf(verifier, signWith(key, lasting)), 'accepted')
  published.splice(0, 1, makeKey('key-2'))
  advance(5 * minute)
  t.is(await outcomeOf(verifier, signWith(key, lasting)), 'token_invalid')
})

test('twenty tokens that name a new key at once make one fetch, and are accepted', async (t) => {
  const { key, published, createVerifier, requests, advance } = await startIssuer(t)
  const verifier = createVerifier()
  await verifier.verify(signWith(key))
  const next = makeKey('key-2')
  published.push(next)
  advance(minute)
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(verifier, signWith(next))))
  t.deepEqual(outcomes, Array(20).fill('accepted'))
  t.is(requests.length, 2)
})

test('twenty tokens that come before the keys wait for one fetch', async (t) => {
  const { passed, open } = gate()
  const { key, createVerifier, requests, seen } = await startIssuer(t, () => passed.then(() => undefined))
  const verifier = createVerifier()
  const outcomes = Promise.all(Array.from({ length: 20 }, () => outcomeOf(verifier, signWith(key))))
  await seen(1)
  open()
  t.deepEqual(await outcomes, Array(20).fill('accepted'))
  t.is(requests.length, 1)
})

test('made-up key ids make one fetch in 30 seconds, and each is refused', async (t) => {
  const { key, createVerifier, requests, advance } = await startIssuer(t)
  const verifier = createVerifier()
  const thief = makeKey('')
  let count = 0
  const flood = () => {
    const tokens = Array.from({ length: 20 }, () => signWith(thief, claims(), { kid: `made-up-${count++}` }))
    return Promise.all(tokens.map((token) => outcomeOf(verifier, token)))
  }
  t.deepEqual(await flood(), Array(20).fill('token_invalid'))
  t.is(requests.length, 1)
  advance(30_000)
  t.deepEqual(await flood(), Array(20).fill('token_invalid'))
  t.deepEqual(await flood(), Array(20).fill('token_invalid'))
  t.is(requests.length, 2)
  t.is(await outcomeOf(verifier, signWith(key)), 'accepted')
  t.is(requests.length, 2)
})

const unusable: Record<string, Answer> = {
  'hang up': 'hang up',
  'status 500': { status: 500, body: { keys: [] } },
  'a redirect': { status: 302, headers: { Location: '/keys' } },
  'no JSON': { status: 200, text: '<title>A page</title>' },
  'no key set': { status: 200, body: { keys: 'none' } },
  'a broken key': { status: 200, body: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'key-1' }] } },
  'too much': { status: 200, text: `{"keys": []${' '.repeat(70_000)}}` },
}

for (const [name, answer] of Object.entries(unusable)) {
  test(`without usable keys the verifier says so, and does not refuse the token (${name})`, async (t) => {
    const { key, createVerifier } = await startIssuer(t, () => answer)
    const error = await t.throwsAsync(createVerifier().verify(signWith(key)), { instanceOf: KeysUnavailableError })
    t.is(error?.code, 'keys_unavailable')
    t.is(error?.retryAfter, 1)
    t.truthy(error?.cause)
  })
}

test('a fetch that failed is not repeated for a second, and then it is', async (t) => {
  let isDown = true
  const { key, createVerifier, requests, advance } = await startIssuer(t, () => (isDown ? 'hang up' : undefined))
  const verifier = createVerifier()
  for (let count = 0; count < 5; count += 1) t.is(await outcomeOf(verifier, signWith(key)), 'keys_unavailable')
  t.is(requests.length, 1)
  isDown = false
  advance(1_000)
  t.is(await outcomeOf(verifier, signWith(key)), 'accepted')
  t.is(requests.length, 2)
})

test('while the keys cannot be fetched anew the old ones go on being used, for an hour', async (t) => {
  let isDown = false
  const { key, createVerifier, requests, advance } = await startIssuer(t, () => (isDown ? 'hang up' : undefined))
  const verifier = createVerifier()
  await verifier.verify(signWith(key, lasting))
  isDown = true
  advance(5 * minute)
  t.is(await outcomeOf(verifier, signWith(key, lasting)), 'accepted')
  t.is(await outcomeOf(verifier, signWith(key, lasting)), 'accepted')
  t.is(requests.length, 2, 'a failing server is left alone for a while')
  advance(55 * minute)
  t.is(await outcomeOf(verifier, signWith(key, lasting)), 'accepted')
  advance(1)
  t.is(await outcomeOf(verifier, signWith(key, lasting)), 'keys_unavailable')
  isDown = false
  advance(minute)
  t.is(await outcomeOf(verifier, signWith(key, lasting)), 'accepted')
})

test('during an outage an unknown key is nobody’s fault, and a known one is judged as ever', async (t) => {
  let isDown = false
  const { key, createVerifier, advance } = await startIssuer(t, () => (isDown ? 'hang up' : undefined))
  const verifier = createVerifier()
  await verifier.verify(signWith(key))
  isDown = true
  advance(minute)
  const unknown = signWith(makeKey('key-2'))
  const error = await t.throwsAsync(verifier.verify(unknown), { instanceOf: KeysUnavailableError })
  t.is(error?.retryAfter, 30)
  t.is(await outcomeOf(verifier, signWith(makeKey('key-1'))), 'token_invalid')
  isDown = false
  advance(30_000)
  t.is(await outcomeOf(verifier, unknown), 'token_invalid')
})

test('a clock that is put back does not keep old keys', async (t) => {
  const { key, createVerifier, requests, advance } = await startIssuer(t)
  const verifier = createVerifier()
  await verifier.verify(signWith(key))
  advance(-10_000)
  t.is(await outcomeOf(verifier, signWith(key)), 'accepted')
  t.is(requests.length, 2)
})
