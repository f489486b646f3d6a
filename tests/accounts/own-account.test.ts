import test from 'ava'
import { addBot } from '../helpers/bots.ts'
import { fiveProviders, linkAccount, takePassword } from '../helpers/oauth-accounts.ts'
import { changeEmail, deleteAccount, getAccount } from '../helpers/own-account.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

test('an account is shown to its owner: address, time, and the ways to sign in, each once', async (t) => {
  const server = await startServer(t, { settings: fiveProviders })
  const { token, user } = await registerPerson(server)
  await registerPerson(server, 'bob')
  const createdAt = new Date(server.clock.now()).toISOString()
  const account = { id: user.id, email: 'alice@example.com', createdAt, hasPassword: true, signInMethods: ['password'] }
  t.deepEqual((await getAccount(server, token)).body, account)
  server.clock.advance(1000)
  for (const provider of ['google', 'github', 'google', 'of-yesterday']) {
    linkAccount(server, user.id, { provider })
    server.clock.advance(1)
  }
  t.deepEqual((await getAccount(server, token)).body, { ...account, signInMethods: ['password', 'google', 'github'] })
  takePassword(server, user.id)
  const withoutPassword = { ...account, hasPassword: false, signInMethods: ['google', 'github'] }
  t.deepEqual((await getAccount(server, token)).body, withoutPassword)
})

test('nobody else ever sees an email address, before or after it changed', async (t) => {
  const server = await startServer(t)
  const alice = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  await changeEmail(server, alice.token, 'alice@elsewhere.example')
  const paths = ['me', 'account', `users/${alice.user.id}`, 'oauth/accounts', 'config']
  for (const path of paths) {
    const { text } = await server.request('GET', `/api/auth/${path}`, { token: bob.token })
    t.notRegex(text, /alice@/, path)
  }
  t.regex((await getAccount(server, bob.token)).text, /bob@example\.com/)
})

test('a bot has no account of its own to read, to move or to delete', async (t) => {
  const server = await startServer(t)
  const { user } = await registerPerson(server)
  const { token } = await addBot(server, 'helper', user.id)
  assertProblem(t, await getAccount(server, token), 403, 'person_required')
  assertProblem(t, await changeEmail(server, token, 'bot@example.com'), 403, 'person_required')
  assertProblem(t, await deleteAccount(server, token), 403, 'person_required')
  t.deepEqual(server.query('SELECT email FROM users WHERE email IS NOT NULL'), [{ email: 'alice@example.com' }])
  t.is(server.query('SELECT id FROM users').length, 2)
})
