import { readFileSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'
import { createVerifier } from '../../src/verify/index.ts'
import { startTestServer } from '../helpers/test-server.ts'
import { allOf, outcomeOf, outcomesOf } from '../helpers/verify-outcomes.ts'

const shared = JSON.parse(readFileSync(new URL('../../../contract/forged-tokens.json', import.meta.url), 'utf8'))
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

async function startVerifier(t: ExecutionContext) {
  const { baseUrl } = await startTestServer(t, async () => ({ status: 200, body: shared.jwks }))
  const { issuer, audience } = shared
  const clock = { now: () => shared.now * 1000 }
  return createVerifier({ issuer, audience, jwksUrl: `${baseUrl}/.well-known/jwks.json`, clock })
}

test('the verifier refuses every forgery that the server refuses, and accepts the good token', async (t) => {
  const verifier = await startVerifier(t)
  t.deepEqual(await outcomesOf(verifier, shared.forged), allOf(shared.forged, 'token_invalid'))
  t.is(await outcomeOf(verifier, shared.good), 'accepted')
})

test('the verifier refuses the good token with any one character changed', async (t) => {
  const verifier = await startVerifier(t)
  const { good } = shared
  for (const [index, character] of [...good].entries()) {
    const other = alphabet[(alphabet.indexOf(character) + 32) % 64]
    t.is(
      await outcomeOf(verifier, good.slice(0, index) + other + good.slice(index + 1)),
      'token_invalid',
      String(index),
    )
  }
})
