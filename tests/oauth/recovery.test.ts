import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { auditEvents } from '../helpers/audit.ts'
import { askForReset, codeIn, startMailingServer, startMailServer } from '../helpers/mail-server.ts'
import { linkedIds } from '../helpers/oauth-accounts.ts'
import { providerSettings, startTestProvider } from '../helpers/oauth-provider.ts'
import { linkThrough, signInThrough } from '../helpers/oauth-walk.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, sessionIdOf } from '../helpers/tokens.ts'

const newPassword = 'a-new-secure-password'

test('whoever recovers an account that a stranger joined through a provider has it alone: link, session and bot are gone', async (t) => {
  const mailServer = await startMailServer(t)
  const provider = await startTestProvider(t)
  const server = await startMailingServer(t, mailServer.port, { settings: providerSettings(provider, ['good']) })
  const inviteCode = await server.mintInvite(1)
  const joined = await signInThrough(server, 'good', { inviteCode, username: 'alice' })
  t.is(joined.status, 200, joined.text)
  const { token } = joined.body
  const bot = await server.request('POST', '/api/auth/bots', { token, body: { username: 'spy' } })
  t.is(bot.status, 201, bot.text)
  const setEmail = await server.request('PATCH', '/api/auth/account', { token, body: { email: 'alice@example.com' } })
  t.is(setEmail.status, 200, setEmail.text)

  await askForReset(server, 'alice@example.com')
  const code = codeIn(await mailServer.waitForMail())
  t.is((await resetPassword(server, code, newPassword)).status, 204)

  assertProblem(t, await getMe(server, token), 401, 'session_ended')
  assertProblem(t, await getMe(server, bot.body.token), 401, 'token_invalid')
  assertProblem(t, await signInThrough(server, 'good'), 403, 'invite_invalid')
  t.deepEqual(linkedIds(server), [])
  t.deepEqual(server.query('SELECT user_id FROM bot_tokens'), [])
  t.is((await logIn(server, 'alice', newPassword)).status, 200)
  const [event] = auditEvents(server, 'password.reset')
  t.is(event?.details, '{"sessions":1,"links":1,"bots":1}')
  const { text = '' } = await mailServer.waitForMail(2)
  t.regex(text, /unlinked.*:\n\n {4}Good\n/)
  t.regex(text, /revoked.*:\n\n {4}spy\n/)
})

test('a network that a stranger signed in from is known no longer once the account is recovered', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  await registerPerson(server)
  t.is(server.query('SELECT network FROM known_networks').length, 1)
  await askForReset(server, 'alice@example.com')
  t.is((await resetPassword(server, codeIn(await mailServer.waitForMail()), newPassword)).status, 204)
  t.deepEqual(server.query('SELECT network FROM known_networks'), [])
})

test('a changed password, which takes the one of before, leaves links and bots to their owner', async (t) => {
  const provider = await startTestProvider(t)
  const server = await startServer(t, { settings: providerSettings(provider, ['good']) })
  const { token } = await registerPerson(server)
  t.is((await linkThrough(server, 'good', token)).status, 200)
  const body = { currentPassword: 'secure-password', newPassword }
  t.is((await server.request('POST', '/api/auth/password', { token, body })).status, 200)
  t.is(linkedIds(server).length, 1)
  t.is((await signInThrough(server, 'good')).status, 200)
})

test('sessions that were opened through an account end when it is unlinked, the others and the one that asks do not', async (t) => {
  const provider = await startTestProvider(t)
  const server = await startServer(t, { settings: providerSettings(provider, ['good', 'plain-club']) })
  const alice = await registerPerson(server)
  t.is((await linkThrough(server, 'good', alice.token)).status, 200)
  t.is((await linkThrough(server, 'plain-club', alice.token)).status, 200)
  const [stranger, other, third] = [
    (await signInThrough(server, 'good')).body.token,
    (await signInThrough(server, 'plain-club')).body.token,
    (await signInThrough(server, 'good')).body.token,
  ]
  const accounts = await server.request('GET', '/api/auth/oauth/accounts', { token: alice.token })
  const [good, club] = ['good', 'plain-club'].map(
    (name) => accounts.body.find(({ provider: each }: { provider: string }) => each === name).id,
  )
  const unlink = (token: string, id: string) => server.request('DELETE', `/api/auth/oauth/accounts/${id}`, { token })
  t.is((await unlink(alice.token, good)).status, 204)
  for (const token of [stranger, third]) assertProblem(t, await getMe(server, token), 401, 'session_ended')
  for (const token of [alice.token, other]) t.is((await getMe(server, token)).status, 200)
  t.deepEqual(
    server
      .query('SELECT id, end_reason FROM sessions WHERE ended_at > 0 ORDER BY id')
      .map(({ end_reason }) => end_reason),
    ['account_unlinked', 'account_unlinked'],
  )
  t.is((await unlink(other, club)).status, 204)
  t.is((await getMe(server, other)).status, 200)
})

test('the list of sessions tells by what each was opened', async (t) => {
  const provider = await startTestProvider(t)
  const server = await startServer(t, { settings: providerSettings(provider, ['good']) })
  const { token } = await registerPerson(server)
  t.is((await linkThrough(server, 'good', token)).status, 200)
  const through = await signInThrough(server, 'good')
  const typed = await logIn(server)
  const { body } = await server.request('GET', '/api/auth/sessions', { token })
  const openedBy = new Map(body.map((each: { id: string; openedBy: string }) => [each.id, each.openedBy]))
  t.is(openedBy.get(sessionIdOf(token)), 'registration')
  t.is(openedBy.get(sessionIdOf(through.body.token)), 'good')
  t.is(openedBy.get(sessionIdOf(typed.body.token)), 'password')
})
