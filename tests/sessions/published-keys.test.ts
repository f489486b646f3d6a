import { createPrivateKey, createPublicKey } from 'node:crypto'
import { join } from 'node:path'
import test from 'ava'
import { registerPerson } from '../helpers/people.ts'
import { createClock, startServer, temporaryFolder } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

test('the key set holds public members only, and may be kept for five minutes', async (t) => {
  const server = await startServer(t)
  const answer = await server.request('GET', '/.well-known/jwks.json')
  t.is(answer.status, 200)
  t.regex(answer.headers.get('content-type') ?? '', /^application\/jwk-set\+json/)
  t.is(answer.headers.get('cache-control'), 'public, max-age=300')
  t.deepEqual(Object.keys(answer.body), ['keys'])
  t.is(answer.body.keys.length, 1)
  const [jwk] = answer.body.keys
  t.deepEqual(Object.keys(jwk).sort(), ['alg', 'crv', 'kid', 'kty', 'low_s', 'use', 'x', 'y'])
  t.like(jwk, { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })
})

test('the private key belongs to the published one, and is in no answer and no log', async (t) => {
  const server = await startServer(t)
  const { body, text } = await server.request('GET', '/.well-known/jwks.json')
  const [row] = server.query<{ private_key: string }>('SELECT private_key FROM signing_keys')
  const { d, x, y } = createPrivateKey(String(row?.private_key)).export({ format: 'jwk' })
  t.like(createPublicKey({ key: body.keys[0], format: 'jwk' }).export({ format: 'jwk' }), { x, y })
  t.is(typeof d, 'string')
  t.false(text.includes(String(d)))
  t.false(server.log().includes(String(d)))
  t.false(server.log().includes('PRIVATE KEY'))
})

test('servers that start at once on one empty file have one key, and take each other’s tokens', async (t) => {
  const file = join(temporaryFolder(t), 'guestlist.db')
  const clock = createClock()
  const servers = await Promise.all(Array.from({ length: 4 }, () => startServer(t, { file, clock })))
  const [first] = servers
  if (first === undefined) return t.fail()
  t.is(first.query('SELECT id FROM signing_keys').length, 1)
  const { token } = await registerPerson(first)
  const keySets = await Promise.all(servers.map((server) => server.request('GET', '/.well-known/jwks.json')))
  t.is(new Set(keySets.map(({ text }) => text)).size, 1)
  for (const server of servers) t.is((await getMe(server, token)).status, 200)
})

test('the key outlives a restart', async (t) => {
  const before = await startServer(t)
  const keySet = await before.request('GET', '/.well-known/jwks.json')
  const { token } = await registerPerson(before)
  await before.stop()
  const after = await startServer(t, { file: before.file, clock: before.clock })
  t.is((await after.request('GET', '/.well-known/jwks.json')).text, keySet.text)
  t.is((await getMe(after, token)).status, 200)
})
