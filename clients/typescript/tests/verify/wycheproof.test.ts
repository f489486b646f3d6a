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

interface Group {
  readonly public: { readonly alg?: string }
  readonly tests: readonly Case[]
}

const file = new URL('../../../contract/wycheproof/json_web_signature_es256_test.json', import.meta.url)
const { testGroups }: { testGroups: Group[] } = JSON.parse(readFileSync(file, 'utf8'))
const cases = testGroups
  .filter((group) => group.public.alg === 'ES256')
  .flatMap((group) => group.tests.map((one) => ({ ...one, key: group.public })))

test('the cases are there', (t) => {
  t.is(cases.length, 37)
  t.true(cases.some(({ result }) => result === 'valid'))
})

for (const { tcId, comment, jws, result, key } of cases) {
  test(`Wycheproof ${tcId}, ${comment}: the signature is ${result}`, async (t) => {
    const { baseUrl } = await startTestServer(t, () => ({ status: 200, body: { keys: [key] } }))
    const error = await t.throwsAsync(createVerifier({ issuer: baseUrl }).verify(jws), { instanceOf: TokenError })
    t.is(error?.code, jws === '' ? 'token_missing' : 'token_invalid')
    // A valid one signs a word instead of claims: it is refused for those, after its signature was taken for good.
    t.is(error?.cause instanceof errors.JWTInvalid && /Claims Set/.test(error.cause.message), result === 'valid')
  })
}
