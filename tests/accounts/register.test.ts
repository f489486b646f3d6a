import test from 'ava'
import { assertProblem, registerPerson, registration } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const userFields = ['avatarUrl', 'displayName', 'id', 'isBot', 'username']

test('a valid invite makes an account, and the answer is a token and a user of exactly five fields', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  const body = registration({ displayName: '  Alice  ', inviteCode })
  const answer = await server.request('POST', '/api/auth/register', { body })
  t.is(answer.status, 201)
  t.deepEqual(Object.keys(answer.body).sort(), ['token', 'user'])
  t.deepEqual(Object.keys(answer.body.user).sort(), userFields)
  t.like(answer.body.user, { username: 'alice', displayName: 'Alice', avatarUrl: null, isBot: false })
  const me = await server.request('GET', '/api/auth/me', { token: answer.body.token })
  t.deepEqual(me.body, answer.body.user)
})

test('the display name defaults to the username, which is folded to lower case', async (t) => {
  const server = await startServer(t)
  const body = registration({ username: 'Alice', inviteCode: await server.mintInvite(1) })
  const { body: registered } = await server.request('POST', '/api/auth/register', { body })
  t.like(registered.user, { username: 'alice', displayName: 'alice' })
})

test('60 parallel registrations on one single-use code make one account', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1)
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) => {
      const body = registration({ username: `user${index}`, email: `user${index}@example.com`, inviteCode })
      return server.request('POST', '/api/auth/register', { body })
    }),
  )
  t.is(answers.filter(({ status }) => status === 201).length, 1)
  for (const answer of answers.filter(({ status }) => status !== 201)) assertProblem(t, answer, 403, 'invite_used_up')
  t.deepEqual(server.query('SELECT uses FROM invites'), [{ uses: 1 }])
  t.is(server.query('SELECT id FROM users').length, 1)
  t.is(server.query('SELECT id FROM sessions').length, 1)
})

test('an email address or a username that is taken burns no use of the invite', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const inviteCode = await server.mintInvite(1)
  const sameEmail = registration({ username: 'bob', email: 'ALICE@example.com', inviteCode })
  assertProblem(t, await server.request('POST', '/api/auth/register', { body: sameEmail }), 409, 'email_taken')
  const sameName = registration({ username: 'ALICE', email: 'bob@example.com', inviteCode })
  assertProblem(t, await server.request('POST', '/api/auth/register', { body: sameName }), 409, 'username_taken')
  t.is(server.query('SELECT id FROM users').length, 1)
  const check = await server.request('POST', '/api/auth/invites/check', { body: { inviteCode } })
  t.is(check.body.usesLeft, 1)
})
