import { readFileSync } from 'node:fs'
import test from 'ava'
import { errors } from 'jose'
import { createVerifier, TokenError } from '../../src/verify/index.ts'
import { startTestServer } from '../helpers/test-server.ts'

interface Case {
  readonly tcId: number
  readonly comment: string
  readonly jws: string
  readonly result: 'valid' | 'invalid'
}

const file = new URL('../../../contract/wycheproof-es256.json', import.meta.url)
const vectors: { public: object; tests: Case[] } = JSON.parse(readFileSync(file, 'utf8'))

test('the cases are there', (t) => {
  t.is(vectors.tests.length, 15)
  t.is(vectors.tests.filter(({ result }) => result === 'valid').length, 1)
})

for (const { tcId, comment, jws, result } of vectors.tests) {
  test(`Wycheproof ${tcId}, ${comment}: the signature is ${result}`, async (t) => {
    const { baseUrl } = await startTestServer(t, () => ({ status: 200, body: { keys: [vectors.public] } }))
    const error = await t.throwsAsync(createVerifier({ issuer: baseUrl }).verify(jws), { instanceOf: TokenError })
    t.is(error?.code, jws === '' ? 'token_missing' : 'token_invalid')
    // The valid one signs a word instead of claims: it is refused for those, after its signature was taken for good.
    t.is(error?.cause instanceof errors.JWTInvalid && /Claims Set/.test(error.cause.message), result === 'valid')
  })
}
