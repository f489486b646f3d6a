import test from 'ava'
import { linkAccount } from '../helpers/oauth-accounts.ts'
import { registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const path = '/api/auth/oauth/accounts'

test('a new account has no linked accounts', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const answer = await server.request('GET', path, { token })
  t.is(answer.status, 200)
  t.deepEqual(answer.body, [])
})

test('a linked account is shown with exactly six fields, its id ours and not the provider’s', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const email = 'alice@github.example'
  const { id, subject } = linkAccount(server, user.id, { email, displayName: 'Alice at GitHub' })
  t.deepEqual((await server.request('GET', path, { token })).body, [
    {
      id,
      provider: 'github',
      providerAccountId: subject,
      email,
      displayName: 'Alice at GitHub',
      linkedAt: new Date(server.clock.now()).toISOString(),
    },
  ])
})

test('what the provider did not tell is null', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  linkAccount(server, user.id)
  const [account] = (await server.request('GET', path, { token })).body
  t.like(account, { email: null, displayName: null })
})

test('people see their own links only, in the order in which they were linked', async (t) => {
  const server = await startServer(t)
  const alice = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const expected: string[] = []
  for (const provider of ['github', 'google', 'apple']) {
    expected.push(linkAccount(server, alice.user.id, { provider }).id)
    linkAccount(server, bob.user.id, { provider })
    server.clock.advance(1000)
  }
  const { body } = await server.request('GET', path, { token: alice.token })
  t.deepEqual(
    body.map(({ id }: { id: string }) => id),
    expected,
  )
})
