import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import test, { type ExecutionContext } from 'ava'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { encode, getMe, readToken, refresh, sessionRow, signToken } from '../helpers/tokens.ts'

/** Each is refused as `token_invalid`, to authenticate as to refresh, and the session it speaks of stays as it was. */
async function assertInvalid(t: ExecutionContext, server: TestServer, real: string, forged: Record<string, string>) {
  const before = sessionRow(server, real)
  const expected = allOf(forged, '401 token_invalid')
  t.deepEqual(await outcomesOf(t, forged, (token) => getMe(server, token)), expected)
  t.deepEqual(await outcomesOf(t, forged, (token) => refresh(server, token)), expected)
  t.deepEqual(sessionRow(server, real), before)
  t.is((await getMe(server, real)).status, 200)
}

/** Another character in the middle of one of the three parts: the last one of base64url may hold unused bits. */
function tamper(token: string, part: number): string {
  const parts = token.split('.')
  const text = parts[part] ?? ''
  const at = Math.floor(text.length / 2)
  parts[part] = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
  return parts.join('.')
}

test('what is no token at all is refused', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await assertInvalid(t, server, token, {
    word: 'garbage',
    dots: '..',
    'three empty objects': `${encode({})}.${encode({})}.${encode({})}`,
    'header is null': `${encode(null)}.${encode({})}.AAAA`,
    'header is a number': `${encode(5)}.${encode({})}.AAAA`,
    'header is no JSON': `AAAA.${encode({})}.AAAA`,
    'without its signature': token.split('.').slice(0, 2).join('.'),
    'with an empty signature': `${token.split('.').slice(0, 2).join('.')}.`,
    'with a fourth part': `${token}.AAAA`,
    'with a short signature': token.slice(0, -8),
    'with a long signature': `${token}AAAA`,
    '12,000 characters': 'A'.repeat(12_000),
    'claims of 12,000 characters': `${token.split('.')[0]}.${'A'.repeat(12_000)}.${token.split('.')[2]}`,
  })
})

test('a token with a character changed in any part is refused', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await assertInvalid(t, server, token, {
    header: tamper(token, 0),
    claims: tamper(token, 1),
    signature: tamper(token, 2),
  })
})

test('another algorithm than ES256 is refused, whoever signed', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { header, claims } = readToken(token)
  const { body } = await server.request('GET', '/.well-known/jwks.json')
  const publicKey = createPublicKey({ key: body.keys[0], format: 'jwk' })
  const inputOf = (alg: string): string => `${encode({ ...header, alg })}.${encode(claims)}`
  const hmac = (secret: string | Buffer): string =>
    `${inputOf('HS256')}.${createHmac('sha256', secret).update(inputOf('HS256')).digest('base64url')}`
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signature = token.split('.')[2]
  await assertInvalid(t, server, token, {
    'none without a signature': `${inputOf('none')}.`,
    'none with the signature': `${inputOf('none')}.${signature}`,
    'None, in upper case': `${inputOf('None')}.`,
    'HS256 with the public key in PEM': hmac(publicKey.export({ type: 'spki', format: 'pem' })),
    'HS256 with the public key in DER': hmac(publicKey.export({ type: 'spki', format: 'der' })),
    'HS256 with the public key as JWK': hmac(JSON.stringify(body.keys[0])),
    RS256: `${inputOf('RS256')}.${sign('sha256', Buffer.from(inputOf('RS256')), rsa.privateKey).toString('base64url')}`,
    'RS256 in the header, ES256 by our key': signToken(server, claims, { alg: 'RS256' }),
    'ES384 in the header, ES256 by our key': signToken(server, claims, { alg: 'ES384' }),
  })
})

test('a token signed by a key that is not ours is refused, also when it brings that key along', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { header, claims } = readToken(token)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const forge = (more: Record<string, unknown>): string => {
    const input = `${encode({ ...header, ...more })}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return `${input}.${signature.toString('base64url')}`
  }
  await assertInvalid(t, server, token, {
    'with our kid': forge({}),
    'with an unknown kid': forge({ kid: 'unknown' }),
    'with its key in the header': forge({ jwk: publicKey.export({ format: 'jwk' }) }),
    'with an address in the header': forge({ jku: 'http://127.0.0.1:1/keys', kid: 'unknown' }),
  })
})

test('a token of our key with another type, or without a known kid, is refused', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { claims } = readToken(token)
  const headers = [{ typ: 'JWT' }, { typ: undefined }, { typ: 'AT+JWT' }, { typ: ['at+jwt'] }, { typ: null }]
  const kids = [{ kid: undefined }, { kid: 'unknown' }, { kid: '' }, { kid: 5 }, { kid: '__proto__' }, { kid: null }]
  const forged = [...headers, ...kids].map((header) => [JSON.stringify(header), signToken(server, claims, header)])
  await assertInvalid(t, server, token, Object.fromEntries(forged))
})

test('a token as long as a header may be is refused, and one that is longer is no crash', async (t) => {
  const server = await startServer(t)
  assertProblem(t, await getMe(server, `a.b.${'c'.repeat(15_000)}`), 401, 'token_invalid')
  t.is((await getMe(server, 'a'.repeat(20_000))).status, 400)
  t.is((await server.request('GET', '/healthz')).status, 200)
})
