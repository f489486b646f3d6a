import { randomUUID } from 'node:crypto'
import test from 'ava'
import { auditEvents } from '../helpers/audit.ts'
import { fiveProviders, linkAccount, linkedIds, takePassword } from '../helpers/oauth-accounts.ts'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'

import { assertProblem, registerPerson } from '../helpers/people.ts'
import type { Answer } from '../helpers/send.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { sessionIdOf } from '../helpers/tokens.ts'

const unlink = (server: TestServer, token: string, id: string): Promise<Answer> =>
  server.request('DELETE', `/api/auth/oauth/accounts/${id}`, { token })

test('who has a password may unlink the only linked account', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await registerPerson(server)
  const { id } = linkAccount(server, user.id)
  const answer = await unlink(server, token, id)
  t.is(answer.status, 204)
  t.is(answer.text, '')
  t.deepEqual(linkedIds(server), [])
  t.deepEqual((await server.request('GET', '/api/auth/oauth/accounts', { token })).body, [])
  assertProblem(t, await unlink(server, token, id), 404, 'not_found')
})

test('only the named account is unlinked, and its id is read in any case', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await registerPerson(server)
  const [first, second] = [linkAccount(server, user.id), linkAccount(server, user.id, { provider: 'google' })]
  t.is((await unlink(server, token, first.id.toUpperCase())).status, 204)
  t.deepEqual(linkedIds(server), [second.id])
})

test('an id that is not one of the person’s own links is not found, and nothing is deleted', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const mine = linkAccount(server, user.id)
  const theirs = linkAccount(server, bob.user.id)
  const ids = {
    'somebody else’s': theirs.id,
    unknown: randomUUID(),
    'the provider’s own id': mine.subject,
    'the person’s own id': user.id,
    'no UUID': 'account-id',
    'a pattern': '%25',
    'another statement': "'%20OR%201=1%20--",
    'a NUL character': `${mine.id}%00`,
    'white space': `%20${mine.id}`,
    'a number': '1',
    'badly encoded': '%ZZ',
    'very long': 'x'.repeat(5000),
  }
  t.deepEqual(await outcomesOf(t, ids, (id) => unlink(server, token, id)), allOf(ids, '404 not_found'))
  t.deepEqual(linkedIds(server), [mine.id, theirs.id].sort())
})

test('the last way to sign in stays', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await registerPerson(server)
  const { id } = linkAccount(server, user.id)
  takePassword(server, user.id)
  assertProblem(t, await unlink(server, token, id), 409, 'last_sign_in_method')
  t.deepEqual(linkedIds(server), [id])
})

test('somebody else’s link or password does not count as another way to sign in', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const { id } = linkAccount(server, user.id)
  const theirs = linkAccount(server, bob.user.id)
  takePassword(server, user.id)
  assertProblem(t, await unlink(server, token, id), 409, 'last_sign_in_method')
  assertProblem(t, await unlink(server, token, theirs.id), 404, 'not_found')
  t.is(linkedIds(server).length, 2)
})

test('without a password one of two links may go, and then the other stays', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await registerPerson(server)
  const [first, second] = [linkAccount(server, user.id), linkAccount(server, user.id, { provider: 'google' })]
  takePassword(server, user.id)
  t.is((await unlink(server, token, first.id)).status, 204)
  assertProblem(t, await unlink(server, token, second.id), 409, 'last_sign_in_method')
  t.deepEqual(linkedIds(server), [second.id])
})

test('all links removed at once leave one where there is no password', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await registerPerson(server)
  const providers = ['github', 'google', 'club', 'guild', 'discord']
  const ids = providers.map((provider) => linkAccount(server, user.id, { provider }).id)
  takePassword(server, user.id)
  const answers = await Promise.all(ids.map((id) => unlink(server, token, id)))
  const codes = answers.map(({ status, body }) => (status === 204 ? '204' : body.code)).sort()
  t.deepEqual(codes, ['204', '204', '204', '204', 'last_sign_in_method'])
  t.is(linkedIds(server).length, 1)
})

test('one link removed several times at once is removed once', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await registerPerson(server)
  const [first, second] = [linkAccount(server, user.id), linkAccount(server, user.id, { provider: 'google' })]
  takePassword(server, user.id)
  const answers = await Promise.all(Array.from({ length: 5 }, () => unlink(server, token, first.id)))
  const codes = answers.map(({ status, body }) => (status === 204 ? '204' : body.code)).sort()
  t.deepEqual(codes, ['204', 'not_found', 'not_found', 'not_found', 'not_found'])
  t.deepEqual(linkedIds(server), [second.id])
})

test('links go with their account', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { user } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  linkAccount(server, user.id)
  const theirs = linkAccount(server, bob.user.id)
  await server.auth.deps.db.deleteFrom('users').where('id', '=', user.id).execute()
  t.deepEqual(linkedIds(server), [theirs.id])
})

test('an account that is unlinked is audited with its provider, one that stays is not', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await registerPerson(server)
  const { id } = linkAccount(server, user.id, { provider: 'google', email: 'alice@example.com' })
  takePassword(server, user.id)
  assertProblem(t, await unlink(server, token, id), 409, 'last_sign_in_method')
  assertProblem(t, await unlink(server, token, randomUUID()), 404, 'not_found')
  t.deepEqual(auditEvents(server, 'oauth_account.unlinked'), [])
  linkAccount(server, user.id)
  await unlink(server, token, id)
  t.deepEqual(auditEvents(server, 'oauth_account.unlinked'), [
    {
      event: 'oauth_account.unlinked',
      user_id: user.id,
      session_id: sessionIdOf(token),
      details: '{"provider":"google","sessions":0}',
    },
  ])
})
