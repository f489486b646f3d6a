import { GuestlistClient, GuestlistError } from '@guestlist/client'
import test, { type ExecutionContext } from 'ava'
import { saveBotUse } from '../../server/bots/bot-use.ts'
import { describeFirstStart } from '../../server/first-start.ts'
import { checkInvite } from '../helpers/account-requests.ts'
import { assertFailure, runBeside } from '../helpers/commands.ts'
import { connectBeside } from '../helpers/data-files.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { createClock, startServer, type TestServer } from '../helpers/start-server.ts'

const startNow = (t: ExecutionContext): Promise<TestServer> => startServer(t, { clock: createClock(Date.now()) })

async function createBot(t: ExecutionContext, server: TestServer, ...args: string[]) {
  const { stdout, stderr } = await runBeside(t, server, ['bots', 'create', ...args, '--json'])
  t.is(stderr, '')
  return JSON.parse(stdout) as { token: string; user: { id: string; username: string }; expiresAt: string | null }
}

const getMe = (server: TestServer, token: string) => server.request('GET', '/api/auth/me', { token })

test('a bot reads and changes its own account, is online, and goes offline', async (t) => {
  const server = await startNow(t)
  const { token: reader } = await registerPerson(server)
  const { token, user, expiresAt } = await createBot(t, server, 'Helper', '--display-name', 'The helper')
  t.regex(token, /^glb_[A-Za-z0-9_-]{43}$/)
  t.is(expiresAt, null)
  t.deepEqual((await getMe(server, token)).body, { ...user, displayName: 'The helper', avatarUrl: null, isBot: true })
  const statusOf = async (): Promise<string> =>
    (await server.request('GET', `/api/auth/users/${user.id}`, { token: reader })).body.presence.status
  t.is(await statusOf(), 'online')
  t.is((await server.request('POST', '/api/auth/disconnect', { token })).status, 204)
  t.is(await statusOf(), 'offline')
  const changed = await server.request('PATCH', '/api/auth/me', { token, body: { displayName: 'Quiz' } })
  t.like(changed.body, { username: 'helper', displayName: 'Quiz' })
  const rows = JSON.stringify(server.query('SELECT * FROM bot_tokens'))
  t.false(
    rows.includes(token.slice(4)) || server.log().includes(token.slice(4)),
    'the token is neither kept nor logged',
  )
})

test('a bot can neither refresh nor do what needs a person', async (t) => {
  const server = await startNow(t)
  const { token } = await createBot(t, server, 'helper')
  assertProblem(t, await server.request('POST', '/api/auth/refresh', { token }), 403, 'person_required')
  const unknown = `glb_${'A'.repeat(43)}`
  assertProblem(t, await server.request('POST', '/api/auth/refresh', { token: unknown }), 401, 'token_invalid')
  for (const [method, path] of [
    ['POST', '/api/auth/logout'],
    ['GET', '/api/auth/oauth/accounts'],
    ['DELETE', '/api/auth/oauth/accounts/01990000-0000-7000-8000-000000000001'],
  ] as const) {
    assertProblem(t, await server.request(method, path, { token }), 403, 'person_required')
  }
  t.is((await getMe(server, token)).status, 200)
  assertFailure(t, await runBeside(t, server, ['users', 'reset-password', 'helper']), /helper is a bot/)
  t.deepEqual(server.query('SELECT password_hash FROM users'), [{ password_hash: null }])
})

test('an unknown, a changed, an expired and a revoked token are refused alike', async (t) => {
  const server = await startNow(t)
  const { token } = await createBot(t, server, 'helper', '--expires', '1h')
  const kept = await createBot(t, server, 'other')
  t.is((await getMe(server, token)).status, 200)
  for (const wrong of ['glb_', `${token}A`, token.slice(0, -1), token.toUpperCase(), `glb_${'A'.repeat(43)}`]) {
    assertProblem(t, await getMe(server, wrong), 401, 'token_invalid')
  }
  server.clock.advance(3_660_000)
  assertProblem(t, await getMe(server, token), 401, 'token_invalid')
  const { stdout } = await runBeside(t, server, ['bots', 'revoke', 'other'])
  t.is(stdout, 'The token of other is revoked.\n')
  assertProblem(t, await getMe(server, kept.token), 401, 'token_invalid')
  assertFailure(t, await runBeside(t, server, ['bots', 'revoke', 'other']), /has no token/)
})

test("a bot is refused at once when it or its owner is disabled, and gone with its owner's account", async (t) => {
  const server = await startNow(t)
  await registerPerson(server)
  const { token, user } = await createBot(t, server, 'helper', '--owner', 'alice@example.com')
  const free = await createBot(t, server, 'free')
  await runBeside(t, server, ['users', 'disable', 'alice'])
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
  t.is((await getMe(server, free.token)).status, 200)
  const bots = JSON.parse((await runBeside(t, server, ['bots', 'list', '--json'])).stdout)
  t.like(bots, [
    { username: 'free', owner: null, state: 'good' },
    { username: 'helper', owner: 'alice', state: 'disabled' },
  ])
  await runBeside(t, server, ['users', 'enable', 'alice'])
  t.is((await getMe(server, token)).status, 200)
  await runBeside(t, server, ['users', 'disable', 'helper'])
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
  await runBeside(t, server, ['users', 'delete', 'alice', '--yes'])
  assertProblem(t, await getMe(server, token), 401, 'token_invalid')
  t.deepEqual(server.query('SELECT id FROM users WHERE id = ?', user.id), [])
})

test('when a token was last used is written once an hour at most', async (t) => {
  const server = await startNow(t)
  const { token } = await createBot(t, server, 'helper')
  const lastUsed = () =>
    server.query<{ last_used_at: number | null }>('SELECT last_used_at FROM bot_tokens')[0]?.last_used_at
  const use = async (): Promise<void> => {
    await getMe(server, token)
    await saveBotUse(server.auth.deps)
  }
  t.is(lastUsed(), null)
  await use()
  const first = lastUsed()
  t.is(first, server.clock.now())
  server.clock.advance(3_599_999)
  await use()
  t.is(lastUsed(), first)
  server.clock.advance(1)
  await use()
  t.is(lastUsed(), server.clock.now())
  server.clock.advance(3_600_000)
  await getMe(server, token)
  await server.stop()
  t.is(lastUsed(), server.clock.now(), 'what is only in memory is written at the end')
})

test('a bad name, a taken one and an owner who is a bot are refused, and nothing is made', async (t) => {
  const server = await startNow(t)
  await registerPerson(server)
  await createBot(t, server, 'helper')
  for (const [args, reason] of [
    [['al'], /Must have 3 to 32 of a-z/],
    [['admin'], /This username is reserved/],
    [['alice'], /somebody already has the username alice/],
    [['second', '--owner', 'helper'], /helper is a bot itself/],
    [['second', '--owner', 'nobody'], /no account has the email address, username or id nobody/],
    [['second', '--expires', 'soon'], /It must be like 12h or 7d, or "never"/],
  ] as const) {
    assertFailure(t, await runBeside(t, server, ['bots', 'create', ...args]), reason)
  }
  t.is(server.query('SELECT id FROM users WHERE is_bot = 1').length, 1)
  assertFailure(t, await runBeside(t, server, ['bots', 'revoke', 'alice']), /alice is a person/)
  assertFailure(t, await runBeside(t, server, ['users', 'end-sessions', 'helper']), /helper is a bot/)
})

test('a bot gets another token: the one before is refused, also a revoked bot works again', async (t) => {
  const server = await startNow(t)
  const { token, user } = await createBot(t, server, 'helper')
  const rotate = async (): Promise<string> =>
    JSON.parse((await runBeside(t, server, ['bots', 'rotate', 'helper', '--json'])).stdout).token
  const second = await rotate()
  assertProblem(t, await getMe(server, token), 401, 'token_invalid')
  t.is((await getMe(server, second)).body.id, user.id)
  await runBeside(t, server, ['bots', 'revoke', 'helper'])
  assertProblem(t, await getMe(server, second), 401, 'token_invalid')
  t.is((await getMe(server, await rotate())).body.id, user.id)
  const events = server.query('SELECT event FROM audit_events ORDER BY sequence').map(({ event }) => event)
  t.deepEqual(events, ['bot.created', 'bot.token_rotated', 'bot.revoked', 'bot.token_rotated'])
})

test('a request of a bot waits for no write of another process', async (t) => {
  const server = await startNow(t)
  const { token } = await createBot(t, server, 'helper')
  const other = connectBeside(t, server.file)
  other.exec('BEGIN IMMEDIATE')
  t.is((await getMe(server, token)).status, 200)
  other.exec('ROLLBACK')
})

test('a bot is nobody who has joined: the first invite is still printed and replaced', async (t) => {
  const server = await startNow(t)
  await createBot(t, server, 'helper')
  const print = () => describeFirstStart(server.auth.deps, { address: server.url, mintCommand: 'npm run seed' })
  const [first = '', second = ''] = [await print(), await print()].map(
    (text) => /[0-9A-Z]{5}(-[0-9A-Z]{5}){4}/.exec(text ?? '')?.[0],
  )
  assertProblem(t, await checkInvite(server, first), 403, 'invite_invalid')
  t.is((await checkInvite(server, second)).status, 200)
})

test('the client keeps a token of a bot, whatever the server says of it', async (t) => {
  const server = await startNow(t)
  const { token } = await createBot(t, server, 'helper')
  const client = new GuestlistClient({ baseUrl: server.url, token })
  t.is((await client.getMe()).username, 'helper')
  t.like(await t.throwsAsync(client.refreshToken(), { instanceOf: GuestlistError }), { code: 'person_required' })
  await runBeside(t, server, ['users', 'disable', 'helper'])
  t.like(await t.throwsAsync(client.getMe(), { instanceOf: GuestlistError }), { code: 'session_ended' })
  await runBeside(t, server, ['users', 'enable', 'helper'])
  t.is((await client.getMe()).username, 'helper')
})
