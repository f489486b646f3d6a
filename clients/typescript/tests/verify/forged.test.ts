import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import test from 'ava'
import { claims, encode, jwkOf, makeKey, signWith, startIssuer } from '../helpers/issuer.ts'
import { allOf, outcomeOf, outcomesOf } from '../helpers/verify-outcomes.ts'

test('what is no token is refused', async (t) => {
  const { key, createVerifier, requests } = await startIssuer(t)
  const token = signWith(key)
  const [header = '', payload = '', signature = ''] = token.split('.')
  const forged = {
    word: 'garbage',
    dots: '..',
    'without its signature': `${header}.${payload}`,
    'with an empty signature': `${header}.${payload}.`,
    'with a fourth part': `${token}.AAAA`,
    'with a short signature': token.slice(0, -8),
    'with a long signature': `${token}AAAA`,
    'with padding': `${token}==`,
    'header is null': `${encode(null)}.${payload}.${signature}`,
    'header is no JSON': `AAAA.${payload}.${signature}`,
    'claims are no JSON': signWith(key, 'garbage'),
    'claims are a list': signWith(key, '[]'),
    'claims are null': signWith(key, 'null'),
  }
  const verifier = createVerifier()
  t.deepEqual(await outcomesOf(verifier, forged), allOf(forged, 'token_invalid'))
  t.is(await outcomeOf(verifier, token), 'accepted')
  t.is(requests.length, 1)
})

test('nothing, or an empty text, is a missing token', async (t) => {
  const { createVerifier, requests } = await startIssuer(t)
  for (const token of [undefined, null, '']) t.is(await outcomeOf(createVerifier(), token), 'token_missing')
  t.is(requests.length, 0)
})

test('a token of more than 8,192 characters is refused unread', async (t) => {
  const { key, createVerifier, requests } = await startIssuer(t)
  const verifier = createVerifier()
  const long = (padding: number) => signWith(key, claims({ padding: 'a'.repeat(padding) }))
  t.true(long(5_000).length < 8_192)
  t.is(await outcomeOf(verifier, long(5_000)), 'accepted')
  t.is(await outcomeOf(verifier, long(7_000)), 'token_invalid')
  t.is(requests.length, 1)
})

test('another algorithm than ES256 is refused, whoever signed', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const [, , signature] = signWith(key).split('.')
  const inputOf = (alg: string) => `${encode({ alg, kid: key.kid, typ: 'at+jwt' })}.${encode(claims())}`
  const hmac = (secret: string | Buffer) =>
    `${inputOf('HS256')}.${createHmac('sha256', secret).update(inputOf('HS256')).digest('base64url')}`
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const forged = {
    'none without a signature': `${inputOf('none')}.`,
    'none with the signature': `${inputOf('none')}.${signature}`,
    'NONE, in upper case': `${inputOf('NONE')}.`,
    'HS256 with the public key in PEM': hmac(key.publicKey.export({ type: 'spki', format: 'pem' })),
    'HS256 with the public key in DER': hmac(key.publicKey.export({ type: 'spki', format: 'der' })),
    'HS256 with the public key as JWK': hmac(JSON.stringify(jwkOf(key))),
    RS256: `${inputOf('RS256')}.${sign('sha256', Buffer.from(inputOf('RS256')), rsa).toString('base64url')}`,
    'RS256 in the header, ES256 by the key': signWith(key, claims(), { alg: 'RS256' }),
    'ES384 in the header, ES256 by the key': signWith(key, claims(), { alg: 'ES384' }),
    'es256, in lower case': signWith(key, claims(), { alg: 'es256' }),
  }
  t.deepEqual(await outcomesOf(createVerifier(), forged), allOf(forged, 'token_invalid'))
})

test('a token by another key is refused, also when it brings that key along', async (t) => {
  const { key, createVerifier, requests } = await startIssuer(t)
  const thief = makeKey(key.kid)
  const elsewhere = await startIssuer(t)
  elsewhere.published.push(thief)
  const forged = {
    'with the known kid': signWith(thief),
    'with its key in the header': signWith(thief, claims(), { jwk: jwkOf(thief) }),
    'with the address of its key in the header': signWith(thief, claims(), { jku: `${elsewhere.baseUrl}/keys` }),
    'with an unknown kid': signWith(thief, claims(), { kid: 'unknown' }),
    'with no kid': signWith(key, claims(), { kid: undefined }),
    'with a kid that is a number': signWith(key, claims(), { kid: 1 }),
  }
  t.deepEqual(await outcomesOf(createVerifier(), forged), allOf(forged, 'token_invalid'))
  t.is(elsewhere.requests.length, 0)
  t.is(requests.length, 1)
})

test('signatures that broken implementations take for good are refused', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const [header, payload] = signWith(key).split('.')
  const withSignature = (signature: Buffer) => `${header}.${payload}.${signature.toString('base64url')}`
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
  const inDer = sign('sha256', Buffer.from(`${header}.${payload}`), key.privateKey)
  const forged = {
    'of zeros (CVE-2022-21449)': withSignature(Buffer.alloc(64)),
    'of the order of the curve': withSignature(Buffer.concat([order, order])),
    'of ones': withSignature(Buffer.alloc(64, 0xff)),
    'good, but in DER': withSignature(inDer),
  }
  t.deepEqual(await outcomesOf(createVerifier(), forged), allOf(forged, 'token_invalid'))
})

test('an extension that must be understood is refused', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const forged = {
    unknown: signWith(key, claims(), { crit: ['bound'], bound: 'yes' }),
    'without its header': signWith(key, claims(), { crit: ['bound'] }),
    empty: signWith(key, claims(), { crit: [] }),
    'unencoded payload': signWith(key, claims(), { crit: ['b64'], b64: false }),
  }
  t.deepEqual(await outcomesOf(createVerifier(), forged), allOf(forged, 'token_invalid'))
})

test('a token of another type is refused', async (t) => {
  const { key, createVerifier } = await startIssuer(t)
  const types = ['JWT', undefined, null, '', 'at', 'at+jwt ', ['at+jwt'], 'logout+jwt', 'dpop+jwt']
  const forged = Object.fromEntries(types.map((typ) => [JSON.stringify({ typ }), signWith(key, claims(), { typ })]))
  t.deepEqual(await outcomesOf(createVerifier(), forged), allOf(forged, 'token_invalid'))
})
