import test from 'ava'
import { minute } from '../../server/durations.ts'
import { addPerson } from '../helpers/add-person.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { encode, getMe, readToken } from '../helpers/tokens.ts'

test('a token with the signature of a known one that says anything else is forged', async (t) => {
  const server = await startServer(t)
  const [alice, bob] = [await addPerson(server, 'alice'), await addPerson(server, 'bob')]
  for (const { token } of [alice, bob]) t.is((await getMe(server, token)).status, 200)
  const [header, , signature] = alice.token.split('.')
  const claims = { ...readToken(alice.token).claims, sub: bob.user.id, sid: readToken(bob.token).claims.sid }
  const forged = [
    `${header}.${encode(claims)}.${signature}`,
    `${header}.${bob.token.split('.')[1]}.${signature}`,
    `${encode({ ...readToken(alice.token).header, alg: 'none' })}.${encode(claims)}.${signature}`,
    alice.token.slice(1),
    alice.token.slice(-32),
    `x${alice.token}`,
  ]
  for (const token of forged) assertProblem(t, await getMe(server, token), 401, 'token_invalid')
  t.is((await getMe(server, alice.token)).body.username, 'alice')
})

test('a known token expires, and is refused once its key is gone', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  t.is((await getMe(server, token)).status, 200)
  server.query('DELETE FROM signing_keys')
  server.clock.advance(minute)
  assertProblem(t, await getMe(server, token), 401, 'token_invalid')

  const other = await startServer(t)
  const person = await addPerson(other)
  t.is((await getMe(other, person.token)).status, 200)
  other.clock.advance(15 * minute)
  assertProblem(t, await getMe(other, person.token), 401, 'token_expired')
})
