import test from 'ava'
import { logIn, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { readToken, refreshed, verifyOffline } from '../helpers/tokens.ts'

test('a token is signed with ES256 by a published key, and its type is at+jwt', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { body } = await server.request('GET', '/.well-known/jwks.json')
  t.deepEqual(readToken(token).header, { alg: 'ES256', kid: body.keys[0].kid, typ: 'at+jwt' })
})

test('a token has exactly nine claims', async (t) => {
  const server = await startServer(t, { settings: { PUBLIC_URL: 'https://auth.example/', AUDIENCE: 'chat' } })
  server.clock.advance(999)
  const { token, user } = await registerPerson(server)
  const { claims } = readToken(token)
  const [session] = server.query<{ id: string }>('SELECT id FROM sessions')
  const iat = Math.floor(server.clock.now() / 1000)
  const { jti, exp } = claims
  t.deepEqual(claims, {
    iss: 'https://auth.example',
    aud: 'chat',
    sub: user.id,
    sid: session?.id,
    gen: 1,
    jti,
    iat,
    nbf: iat - 30,
    exp,
  })
  t.regex(String(jti), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.true(Number.isSafeInteger(exp))
})

test('registration, sign-in and refresh all give tokens that another service can verify by the published keys', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const signedIn = (await logIn(server)).body.token
  const tokens = [token, signedIn, await refreshed(server, token)]
  for (const each of tokens) {
    t.true(await verifyOffline(server, each))
    const [header, claims, signature = ''] = each.split('.')
    const tampered = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`
    t.false(await verifyOffline(server, `${header}.${claims}.${tampered}`))
  }
  t.is(new Set(tokens.map((each) => readToken(each).claims.jti)).size, 3)
})

test('TOKEN_TTL is shortened by 0 to 5 %, in whole seconds, and not always by the same', async (t) => {
  const server = await startServer(t, { settings: { TOKEN_TTL: '1000s' } })
  await registerPerson(server)
  const lifetimes: number[] = []
  for (let count = 0; count < 40; count += 1) {
    const { claims } = readToken((await logIn(server)).body.token)
    lifetimes.push(Number(claims.exp) - Number(claims.iat))
  }
  t.true(
    lifetimes.every((seconds) => Number.isInteger(seconds) && seconds >= 950 && seconds <= 1000),
    `${lifetimes}`,
  )
  t.true(new Set(lifetimes).size > 5)
})

for (const [share, seconds] of [
  [0, 900],
  [0xff, 855],
] as const) {
  test(`with random bytes of ${share} a token of 15 minutes lives ${seconds} seconds`, async (t) => {
    const randomBytes = (size: number): Buffer => Buffer.alloc(size, share)
    const server = await startServer(t, { overrides: { randomBytes } })
    const { claims } = readToken((await registerPerson(server)).token)
    t.is(Number(claims.exp) - Number(claims.iat), seconds)
  })
}

test('a token of TOKEN_TTL=1s is never given less than a second', async (t) => {
  const server = await startServer(t, { settings: { TOKEN_TTL: '1s' } })
  await registerPerson(server)
  for (let count = 0; count < 20; count += 1) {
    const { claims } = readToken((await logIn(server)).body.token)
    t.is(Number(claims.exp) - Number(claims.iat), 1)
  }
})
