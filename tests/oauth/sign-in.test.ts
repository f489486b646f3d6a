import test from 'ava'
import { auditEvents } from '../helpers/audit.ts'
import { providerSettings, startTestProvider } from '../helpers/oauth-provider.ts'
import { signInThrough, startLogin, traces } from '../helpers/oauth-walk.ts'
import { assertProblem, logIn, registerPerson, registration, usersAsWritten } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

async function startWithProviders(t: Parameters<typeof startServer>[0], ...names: string[]) {
  const provider = await startTestProvider(t)
  const server = await startServer(t, { settings: providerSettings(provider, names) })
  return { provider, server }
}

test('with an invite somebody new gets an account, without a password and an address, and comes back to it', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  const inviteCode = await server.mintInvite(1)
  const first = await signInThrough(server, 'good', { inviteCode, username: 'Fox' })
  t.is(first.status, 200)
  t.like(first.body.user, { username: 'fox', displayName: 'fox', avatarUrl: null, isBot: false })
  t.like(server.query('SELECT email, email_key, password_hash FROM users')[0], {
    email: null,
    email_key: null,
    password_hash: null,
  })
  t.deepEqual(server.query('SELECT uses FROM invites'), [{ uses: 1 }])
  t.is(server.query('SELECT user_id FROM invite_uses')[0]?.user_id, first.body.user.id)

  const again = await signInThrough(server, 'good')
  t.deepEqual(again.body.user, first.body.user)
  t.not(again.body.token, first.body.token)
  t.is((await getMe(server, again.body.token)).body.id, first.body.user.id)
  const withUsedInvite = await signInThrough(server, 'good', { inviteCode })
  t.is(withUsedInvite.body.user.id, first.body.user.id, 'who has an account needs no invite, whatever they give')
  t.deepEqual(server.query('SELECT uses FROM invites'), [{ uses: 1 }])
  const provider = '{"provider":"good"}'
  t.deepEqual(
    auditEvents(server, 'account.registered', 'sign_in.succeeded').map(({ event, details }) => [event, details]),
    [
      ['account.registered', provider],
      ['sign_in.succeeded', provider],
      ['sign_in.succeeded', provider],
    ],
  )
})

test('without a good invite somebody new gets nothing, and is told why', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  const used = await server.mintInvite(1)
  await server.request('POST', '/api/auth/register', { body: registration({ inviteCode: used }) })
  const expired = await server.mintInvite(1, { expiresAt: server.clock.now() + 1 })
  server.clock.advance(1)
  const before = traces(server)
  for (const [inviteCode, code] of [
    [undefined, 'invite_invalid'],
    ['NO-SUCH-CODE', 'invite_invalid'],
    [used, 'invite_used_up'],
    [expired, 'invite_expired'],
  ]) {
    assertProblem(t, await signInThrough(server, 'good', { inviteCode }), 403, code ?? '')
  }
  t.deepEqual(traces(server), before)
})

test('an invite for one lets one of many in who come back at once', async (t) => {
  const { provider, server } = await startWithProviders(t, 'good', 'plain')
  const inviteCode = await server.mintInvite(1)
  const attempts = []
  for (let person = 0; person < 8; person += 1) {
    await provider.setPerson('good', { sub: `person ${person}` })
    attempts.push(signInThrough(server, 'good', { inviteCode }))
    await Promise.race([attempts.at(-1), new Promise((resolve) => setImmediate(resolve))])
  }
  const answers = await Promise.all(attempts)
  t.is(answers.filter(({ status }) => status === 200).length >= 1, true)
  t.is(server.query('SELECT id FROM users').length, 1)
  t.deepEqual(server.query('SELECT uses FROM invites'), [{ uses: 1 }])
})

test('somebody new who comes back twice at once gets one account', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  const inviteCode = await server.mintInvite()
  const answers = await Promise.all(Array.from({ length: 6 }, () => signInThrough(server, 'good', { inviteCode })))
  t.deepEqual(
    answers.map(({ status }) => status),
    Array(6).fill(200),
  )
  t.is(new Set(answers.map(({ body }) => body.user.id)).size, 1)
  t.is(server.query('SELECT id FROM users').length, 1)
  t.deepEqual(server.query('SELECT uses FROM invites'), [{ uses: 1 }])
})

test('a taken username is told before the way to the provider, to the holder of an invite only', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  await registerPerson(server, 'alice')
  const inviteCode = await server.mintInvite(1)
  assertProblem(t, await startLogin(server, 'good', { inviteCode, username: 'alice' }), 409, 'username_taken')
  t.is((await startLogin(server, 'good', { username: 'alice' })).status, 200)
  assertProblem(
    t,
    await signInThrough(server, 'good', { inviteCode: 'NONE', username: 'alice' }),
    403,
    'invite_invalid',
  )
  assertProblem(t, await startLogin(server, 'good', { username: 'root' }), 422, 'validation_failed')
})

test('who chose no username is called as at the provider, or by a number; never by name or address', async (t) => {
  const { provider, server } = await startWithProviders(t, 'good')
  const inviteCode = await server.mintInvite()
  const usernameOf = async (sub: string, handle?: unknown) => {
    await provider.setPerson('good', { sub, preferred_username: handle, name: 'Real Name', email: 'real@name.example' })
    return (await signInThrough(server, 'good', { inviteCode })).body.user.username
  }
  t.is(await usernameOf('1', 'Octo.Cat'), 'octo.cat')
  t.regex(await usernameOf('2', 'octo.cat'), /^octo\.cat-\d{4}$/)
  t.is(await usernameOf('3', '  Zoë Fox!! '), 'zoe-fox')
  t.is(await usernameOf('4', 'a'.repeat(100)), 'a'.repeat(27))
  for (const [sub, handle] of Object.entries({ 5: undefined, 6: '狐', 7: 4711, 8: '' })) {
    t.regex(await usernameOf(sub, handle), /^guest-[0-9a-f]{12}$/)
  }
  t.regex(await usernameOf('9', 'root'), /^root-\d{4}$/)
})

test('an account that is unlinked while somebody signs in through it is no way in any more', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  await signInThrough(server, 'good', { inviteCode: await server.mintInvite(1) })
  const sessions = server.query('SELECT id FROM sessions')
  const { signingKeys } = server.auth.deps
  const getCurrent = signingKeys.getCurrent.bind(signingKeys)
  // The token is signed after the account was found, and before the session is opened.
  signingKeys.getCurrent = async () => {
    server.query('DELETE FROM oauth_accounts')
    return await getCurrent()
  }
  assertProblem(t, await signInThrough(server, 'good'), 403, 'invite_invalid')
  t.deepEqual(server.query('SELECT id FROM sessions'), sessions)
})

test('a disabled account is told so, and gets no session', async (t) => {
  const { server } = await startWithProviders(t, 'good')
  await signInThrough(server, 'good', { inviteCode: await server.mintInvite(1) })
  server.query('UPDATE users SET disabled_at = 1')
  const before = traces(server)
  assertProblem(t, await signInThrough(server, 'good'), 403, 'account_disabled')
  t.deepEqual(traces(server), before)
})

test('the same subject at two issuers is two people', async (t) => {
  const { provider, server } = await startWithProviders(t, 'good', 'plain', 'another')
  const inviteCode = await server.mintInvite()
  const ids = new Set<string>()
  for (const name of ['good', 'another', 'plain']) {
    await provider.setPerson(name, { sub: '4711', id: 4711 })
    ids.add((await signInThrough(server, name, { inviteCode })).body.user.id)
  }
  t.is(ids.size, 3)
})

test('an address that somebody has here opens nothing, whatever a provider says of it', async (t) => {
  const { provider, server } = await startWithProviders(t, 'good')
  await registerPerson(server, 'alice')
  const account = usersAsWritten(server)
  const inviteCode = await server.mintInvite()
  const claims = [true, false, 'true', 1, null, undefined].map((email_verified) => ({ email_verified }))
  const emails = [
    'ALICE@example.com',
    'alice@example.com ',
    'x\u0000@example.com',
    'a'.repeat(300),
    7,
    ['alice@example.com'],
  ]
  const people = [
    ...claims.map((claim) => ({ email: 'alice@example.com', ...claim })),
    ...emails.map((email) => ({ email, email_verified: true })),
  ]
  for (const [index, person] of people.entries()) {
    await provider.setPerson('good', { sub: `attacker ${index}`, ...person })
    assertProblem(t, await signInThrough(server, 'good'), 403, 'invite_invalid')
    const { status, body } = await signInThrough(server, 'good', { inviteCode, username: `attacker-${index}` })
    t.is(status, 200)
    t.is(body.user.username, `attacker-${index}`)
  }
  const hers = usersAsWritten(server).filter(({ username }) => username === 'alice')
  t.deepEqual(hers, account, 'nothing of hers has changed')
  t.deepEqual(server.query('SELECT email FROM users WHERE email IS NOT NULL'), [{ email: 'alice@example.com' }])
  t.is((await logIn(server)).status, 200)
})

test('who registered with the address of another gets no part of what that one makes through a provider', async (t) => {
  const { provider, server } = await startWithProviders(t, 'good')
  const attacker = await registerPerson(server, 'victim')
  await provider.setPerson('good', { sub: 'the victim', email: 'victim@example.com', email_verified: true })
  assertProblem(t, await signInThrough(server, 'good'), 403, 'invite_invalid')
  const { body } = await signInThrough(server, 'good', { inviteCode: await server.mintInvite(1) })
  t.not(body.user.id, attacker.user.id)
  const own = await server.request('GET', '/api/auth/oauth/accounts', { token: attacker.token })
  t.deepEqual(own.body, [])
  const theirs = await server.request('GET', '/api/auth/oauth/accounts', { token: body.token })
  t.like(theirs.body[0], { provider: 'good', providerAccountId: 'the victim', email: 'victim@example.com' })
})
