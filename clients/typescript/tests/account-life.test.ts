import test, { type ExecutionContext } from 'ava'
import { GuestlistClient, type PresenceEvent } from '../src/index.ts'
import { startGuestlist, type TestGuestlist } from '../src/testing/index.ts'
import { take } from './helpers/presence-stream.ts'
import { rejection } from './helpers/rejection.ts'

const minute = 60_000
let guestlist: TestGuestlist

test.before('start', async () => {
  guestlist = await startGuestlist()
})
test.after.always('stop', () => guestlist?.stop())

/** The same person on another device. */
async function signInAgain(email: string, password: string): Promise<GuestlistClient> {
  const client = new GuestlistClient({ baseUrl: guestlist.url })
  await client.login({ email, password })
  return client
}

const codeOf = async (t: ExecutionContext, request: Promise<unknown>) => (await rejection(t, request)).code as string

test.serial('a person sees their sessions and ends them: one, the others, all', async (t) => {
  const { client, email, password } = await guestlist.loginAs('alice')
  const phone = await signInAgain(email, password)
  const [latest, own, ...more] = await client.listSessions()
  t.deepEqual([latest?.isCurrent, own?.isCurrent, more.length], [false, true, 0])
  t.regex(String(own?.createdAt), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  t.true('userAgent' in (own ?? {}) && 'address' in (own ?? {}) && 'lastSeenAt' in (own ?? {}))
  t.deepEqual(
    (await phone.listSessions()).map(({ id, isCurrent }) => [id, isCurrent]),
    [
      [latest?.id, true],
      [own?.id, false],
    ],
  )

  await client.endSession(String(latest?.id))
  t.is(await codeOf(t, phone.getMe()), 'session_ended')
  t.is(await codeOf(t, client.endSession(String(latest?.id))), 'not_found')
  const [tablet, laptop] = [await signInAgain(email, password), await signInAgain(email, password)]
  await client.logout({ scope: 'others' })
  for (const other of [tablet, laptop]) t.is(await codeOf(t, other.getMe()), 'session_ended')
  t.is((await client.listSessions()).length, 1)

  const last = await signInAgain(email, password)
  await last.logout({ scope: 'all' })
  t.is(await codeOf(t, last.getMe()), 'token_missing')
  t.is(await codeOf(t, client.getMe()), 'session_ended')
})

test.serial('a person changes the address and the password by which they sign in', async (t) => {
  const { client, user, email, password } = await guestlist.loginAs('bob')
  const account = await client.getAccount()
  t.like(account, { id: user.id, email, hasPassword: true, signInMethods: ['password'] })
  const next = 'bob@example.org'
  t.is(await codeOf(t, client.changeEmail({ email: next, currentPassword: 'wrong' })), 'invalid_credentials')
  t.is(await codeOf(t, client.changeEmail({ email: 'alice@example.com', currentPassword: password })), 'email_taken')
  t.deepEqual(await client.changeEmail({ email: next, currentPassword: password }), { ...account, email: next })
  t.is(await codeOf(t, signInAgain(email, password)), 'invalid_credentials')

  const phone = await signInAgain(next, password)
  const newPassword = 'a few other words of bob'
  t.is(await codeOf(t, client.changePassword({ currentPassword: 'wrong', newPassword })), 'invalid_credentials')
  t.is(await codeOf(t, client.changePassword({ currentPassword: password, newPassword: 'bob' })), 'weak_password')
  const { token } = await client.changePassword({ currentPassword: password, newPassword })
  t.like(await new GuestlistClient({ baseUrl: guestlist.url, token }).getMe(), { id: user.id })
  t.like(await client.getMe(), { id: user.id })
  t.is(await codeOf(t, phone.getMe()), 'session_ended')
  t.is(await codeOf(t, signInAgain(next, password)), 'invalid_credentials')
  t.like(await (await signInAgain(next, newPassword)).getMe(), { id: user.id })
  await guestlist.clock.advance(16 * minute)
  t.like(await client.getMe(), { id: user.id }, 'the token that was kept is the one to refresh')
})

test.serial('a server without mail says so, and mails nobody', async (t) => {
  const client = new GuestlistClient({ baseUrl: guestlist.url })
  t.deepEqual((await client.getConfig()).passwordReset, { byMail: false })
  t.is(await codeOf(t, client.requestPasswordReset('alice@example.com')), 'not_found')
})

test.serial('a person makes bots, changes their tokens and deletes them', async (t) => {
  const { client, user } = await guestlist.loginAs('carol')
  t.deepEqual(await client.listBots(), [])
  const { token, bot } = await client.createBot({ username: 'helper', displayName: 'Helper' })
  t.like(bot, {
    username: 'helper',
    displayName: 'Helper',
    isBot: true,
    expiresAt: null,
    lastUsedAt: null,
    isActive: true,
  })
  t.like(await client.getMe(), { id: user.id }, 'the client goes on as the person')
  const helper = new GuestlistClient({ baseUrl: guestlist.url, token })
  t.like(await helper.getMe(), { id: bot.id, isBot: true })
  t.is(await codeOf(t, helper.listBots()), 'person_required')
  t.is(await codeOf(t, client.createBot({ username: 'helper' })), 'username_taken')
  const expiresAt = new Date(guestlist.clock.now() + 10 * minute).toISOString()
  const short = await client.createBot({ username: 'short', expiresAt })
  t.deepEqual(
    (await client.listBots()).map(({ id, expiresAt }) => [id, expiresAt]),
    [
      [short.bot.id, expiresAt],
      [bot.id, null],
    ],
  )

  const rotated = await client.rotateBotToken(bot.id)
  t.is(rotated.bot.id, bot.id)
  t.not(rotated.token, token)
  t.is((await rejection(t, helper.getMe())).status, 401)
  const again = new GuestlistClient({ baseUrl: guestlist.url, token: rotated.token })
  t.like(await again.getMe(), { id: bot.id })
  await client.deleteBot(bot.id)
  t.is((await rejection(t, again.getMe())).status, 401)
  t.is(await codeOf(t, client.deleteBot(bot.id)), 'not_found')
  t.is(await codeOf(t, client.rotateBotToken(bot.id)), 'not_found')
  await guestlist.clock.advance(11 * minute)
  t.like((await client.listBots())[0], { id: short.bot.id, isActive: false })
})

/** Reads on until somebody has come or gone. */
async function until(watch: AsyncIterator<PresenceEvent>, type: 'online' | 'offline', userId: string): Promise<void> {
  for (;;) {
    const [event] = await take(watch, 1)
    if (event?.type === type && event.userId === userId) return
  }
}

test.serial('people see one another come and go, and an account that is deleted is gone for good', async (t) => {
  const [dave, erin] = [await guestlist.loginAs('dave'), await guestlist.loginAs('erin')]
  const watch = dave.client.watchPresence()
  t.teardown(() => watch.return?.())
  const [snapshot] = await take(watch, 1)
  t.true(snapshot?.type === 'snapshot' && snapshot.userIds.includes(dave.user.id))
  await erin.client.getMe()
  await until(watch, 'online', erin.user.id)
  const all = await dave.client.listPresence()
  t.true([dave, erin].every(({ user }) => all.users.some(({ id }) => id === user.id)))
  const page = await dave.client.listPresence({ limit: 1 })
  t.is(page.users.length, 1)
  const following = await dave.client.listPresence({ limit: 1, after: String(page.next) })
  t.not(following.users[0]?.id, page.users[0]?.id)

  await guestlist.clock.advance(16 * minute)
  t.is(await codeOf(t, erin.client.deleteAccount()), 'reauthentication_required')
  await until(watch, 'online', erin.user.id)
  await erin.client.login({ email: erin.email, password: erin.password })
  await erin.client.deleteAccount()
  await until(watch, 'offline', erin.user.id)
  t.is(await codeOf(t, erin.client.getMe()), 'token_missing')
  t.is(await codeOf(t, signInAgain(erin.email, erin.password)), 'invalid_credentials')
  t.is(await codeOf(t, dave.client.getUserProfile(erin.user.id)), 'not_found')

  const ended = rejection(t, until(watch, 'online', erin.user.id))
  await (await signInAgain(dave.email, dave.password)).logout({ scope: 'others' })
  t.is((await ended).code, 'session_ended')
})
