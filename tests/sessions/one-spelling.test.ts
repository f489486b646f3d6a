import test from 'ava'
import { isLowS, withLowS } from '../../server/sessions/low-s.ts'
import { rotateDueKey } from '../../server/sessions/rotate-due-key.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, readToken, refresh, signToken, verifyOffline } from '../helpers/tokens.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')

/** The other signature that says the same: r and n − s. */
function twinOf(token: string): string {
  const at = token.lastIndexOf('.') + 1
  const bytes = Buffer.from(token.slice(at), 'base64url')
  const s = BigInt(`0x${bytes.toString('hex', 32)}`)
  bytes.write((order - s).toString(16).padStart(64, '0'), 32, 'hex')
  return token.slice(0, at) + bytes.toString('base64url')
}

test('the signature of a token has one spelling: the other 15 of its last character are refused', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const last = alphabet.indexOf(token.at(-1) ?? '')
  const spellings = Array.from({ length: 16 }, (_, bits) => token.slice(0, -1) + alphabet[last - (last % 16) + bits])
  t.true(spellings.includes(token))
  for (const spelling of spellings.filter((each) => each !== token)) {
    assertProblem(t, await getMe(server, spelling), 401, 'token_invalid')
    assertProblem(t, await refresh(server, spelling), 401, 'token_invalid')
  }
  t.is((await getMe(server, token)).status, 200)
})

test('the twin of a signature (n − s) is refused, though mathematics has it right', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  for (let count = 0; count < 20; count += 1) {
    const { header, claims } = readToken(token)
    const other = signToken(server, { ...claims, jti: String(count) }, header)
    t.true(isLowS(other.slice(other.lastIndexOf('.') + 1)))
    t.true(await verifyOffline(server, twinOf(other)))
    assertProblem(t, await getMe(server, twinOf(other)), 401, 'token_invalid')
    t.is((await getMe(server, other)).status, 200)
  }
})

test('the server signs with the lower s, and says so of its keys', async (t) => {
  const server = await startServer(t)
  for (let count = 0; count < 12; count += 1) {
    const { token } = await registerPerson(server, `person${count}`)
    t.true(isLowS(token.slice(token.lastIndexOf('.') + 1)))
    t.is(withLowS(token), token)
    t.is(withLowS(twinOf(token)), token)
  }
  const { body } = await server.request('GET', '/.well-known/jwks.json')
  t.deepEqual(
    body.keys.map(({ low_s }: { low_s?: boolean }) => low_s),
    [true],
  )
})

test('tokens of a key from before are good in both spellings, and such a key is replaced soon', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await server.stop()
  server.query('UPDATE signing_keys SET signs_low_s = 0')
  const upgraded = await startServer(t, { file: server.file, clock: server.clock })
  for (const each of [token, twinOf(token)]) t.is((await getMe(upgraded, each)).status, 200)
  const { keys } = (await upgraded.request('GET', '/.well-known/jwks.json')).body
  t.is(keys[0].low_s, undefined)
  await rotateDueKey(upgraded.auth.deps)
  t.deepEqual(upgraded.query('SELECT signs_low_s FROM signing_keys ORDER BY signs_low_s'), [
    { signs_low_s: 0 },
    { signs_low_s: 1 },
  ])
})

test('a header that asks for what nobody understands (crit) is refused, whoever signed', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { header, claims } = readToken(token)
  for (const crit of [['exp'], ['b64'], [], 'exp', null, {}]) {
    assertProblem(t, await getMe(server, signToken(server, claims, { ...header, crit })), 401, 'token_invalid')
  }
  t.is((await getMe(server, token)).status, 200)
})
