import { createPublicKey } from 'node:crypto'
import test from 'ava'
import jwt from 'jsonwebtoken'
import { thumbprint } from '../../server/sessions/signing-keys.ts'
import { startServer } from '../helpers/start-server.ts'

/** The key of RFC 7515, appendix A.3.1. */
const key = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
} as const

/** The token of RFC 7515, appendix A.3.1, with line breaks in its claims as the appendix has them. */
const header = 'eyJhbGciOiJFUzI1NiJ9'
const claims = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
const signature = 'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q'

const verify = (token: string): unknown =>
  jwt.verify(token, createPublicKey({ key, format: 'jwk' }), { algorithms: ['ES256'], ignoreExpiration: true })

test('the example of RFC 7515, appendix A.3 verifies', (t) => {
  const expected = { iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true }
  t.deepEqual(verify(`${header}.${claims}.${signature}`), expected)
})

test('the same example with a character of its claims or signature changed does not verify', (t) => {
  const refusal = { any: true, message: 'invalid signature' } as const
  t.throws(() => verify(`${header}.${claims}.E${signature.slice(1)}`), refusal)
  t.throws(() => verify(`${header}.${claims.replace('Jqb2Ui', 'Jqb2Yi')}.${signature}`), refusal)
})

test('the id of a key is its thumbprint of RFC 7638', (t) => {
  // Computed by hand: SHA-256 of {"crv":"P-256","kty":"EC","x":"…","y":"…"}, in base64url.
  t.is(thumbprint(key), 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U')
  const keyOfRfc7517 = {
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
    x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
    crv: 'P-256',
    kty: 'EC',
  } as const
  t.is(thumbprint(keyOfRfc7517), 'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s')
})

test('the published id is the thumbprint of the published key', async (t) => {
  const server = await startServer(t)
  const { body } = await server.request('GET', '/.well-known/jwks.json')
  t.is(body.keys[0].kid, thumbprint(body.keys[0]))
})
