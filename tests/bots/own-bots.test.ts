import test from 'ava'
import { deleteAccount, disableAccount, enableAccount } from '../../server/accounts/account-admin.ts'
import { findAccountById } from '../../server/accounts/user-store.ts'
import { saveBotUse } from '../../server/bots/bot-use.ts'
import { createBot } from '../../server/bots/create-bot.ts'
import { createOwnBot as makeOwnBot, rotateOwnBotToken } from '../../server/bots/own-bots.ts'
import { routes } from '../../server/routes.ts'
import { findSession } from '../../server/sessions/session-store.ts'
import { auditEvents } from '../helpers/audit.ts'
import { openStream } from '../helpers/event-streams.ts'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'
import { askForBot, createOwnBot, deleteOwnBot, listOwnBots, renewToken } from '../helpers/own-bots.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, sessionIdOf } from '../helpers/tokens.ts'

const hour = 3_600_000
const iso = (at: number): string => new Date(at).toISOString()

test('a person makes a bot, and sees it among their own', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const answer = await askForBot(server, token, { username: 'Helper', displayName: ' The helper ' })
  t.is(answer.status, 201)
  t.deepEqual(Object.keys(answer.body), ['token', 'bot'])
  t.regex(answer.body.token, /^glb_[A-Za-z0-9_-]{43}$/)
  const { bot } = answer.body
  t.deepEqual(bot, {
    id: bot.id,
    username: 'helper',
    displayName: 'The helper',
    avatarUrl: null,
    isBot: true,
    createdAt: iso(server.clock.now()),
    expiresAt: null,
    lastUsedAt: null,
    isActive: true,
  })
  server.clock.advance(1000)
  const second = await createOwnBot(server, token, { username: 'second' })
  t.deepEqual((await listOwnBots(server, token)).body, [second.bot, bot])
  t.deepEqual((await listOwnBots(server, bob.token)).body, [])
  const kept = JSON.stringify(server.query('SELECT * FROM bot_tokens')) + server.log()
  t.false(kept.includes(answer.body.token.slice(4)), 'the token is neither kept nor logged')
})

test('the bot asks who it is, and is online for everybody', async (t) => {
  const server = await startServer(t)
  const { token: ofAlice } = await registerPerson(server)
  const { token, bot } = await createOwnBot(server, ofAlice)
  const presenceOf = async () => (await server.request('GET', `/api/auth/users/${bot.id}`, { token: ofAlice })).body
  t.like(await presenceOf(), { presence: { status: 'offline', lastSeenAt: null } })
  t.like((await getMe(server, token)).body, { id: bot.id, username: 'helper', isBot: true })
  const presence = { status: 'online', lastSeenAt: iso(server.clock.now()) }
  t.like(await presenceOf(), { isBot: true, presence })
  const { users } = (await server.request('GET', '/api/auth/presence', { token: ofAlice })).body
  t.like(
    users.find(({ id }: { id: string }) => id === bot.id),
    { username: 'helper', isBot: true, presence },
  )
})

test('a bot can do nothing that needs a person: every such route refuses it', async (t) => {
  const server = await startServer(t)
  const { token: ofAlice, user } = await registerPerson(server)
  const { token, bot } = await createOwnBot(server, ofAlice)
  const ofPeople = routes.filter(([, , , access]) => access === 'person')
  t.true(ofPeople.length >= 9)
  const entries = Object.fromEntries(ofPeople.map(([method, path]) => [`${method} ${path}`, [method, path] as const]))
  const outcomes = await outcomesOf(t, entries, ([method, path]) =>
    server.request(method, path.replace(/:\w+/, bot.id), { token }),
  )
  t.deepEqual(outcomes, allOf(entries, '403 person_required'))
  assertProblem(t, await askForBot(server, token, { username: 'another' }), 403, 'person_required')
  const ids = server.query('SELECT id FROM users').map(({ id }) => id)
  t.deepEqual(ids.sort(), [user.id, bot.id].sort())
  for (const each of [token, ofAlice]) t.is((await getMe(server, each)).status, 200)
})

test('a name that is none, reserved or taken is refused, and nothing is made', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await createOwnBot(server, token)
  const before = server.query('SELECT id FROM users')
  for (const username of ['al', '-bot', 'admin', 'a'.repeat(33), 7, undefined]) {
    const answer = await askForBot(server, token, { username })
    assertProblem(t, answer, 422, 'validation_failed')
    t.is(answer.body.errors[0].path, 'username')
  }
  for (const username of ['alice', 'HELPER']) {
    assertProblem(t, await askForBot(server, token, { username }), 409, 'username_taken')
  }
  t.deepEqual(server.query('SELECT id FROM users'), before)
  t.is(auditEvents(server, 'bot.created').length, 1)
})

test('a token expires when it was told to, and no time but one in the future will do', async (t) => {
  const server = await startServer(t, { settings: { TOKEN_TTL: '1d' } })
  const { token } = await registerPerson(server)
  const now = server.clock.now()
  const wrong = [iso(now), iso(now - 1), '1970-01-01T00:00:00Z', '2099-01-01', '2099-02-30T00:00:00Z', 'tomorrow']
  const { bot } = await createOwnBot(server, token, { username: 'other', expiresAt: null })
  for (const expiresAt of [...wrong, '2099-01-01T00:00:00+01:00', now + hour, '', {}]) {
    for (const answer of [
      await askForBot(server, token, { username: 'helper', expiresAt }),
      await renewToken(server, token, bot.id, { expiresAt }),
    ]) {
      assertProblem(t, answer, 422, 'validation_failed')
      t.is(answer.body.errors[0].path, 'expiresAt', String(expiresAt))
    }
  }
  t.is(server.query('SELECT user_id FROM bot_tokens').length, 1)
  const made = await createOwnBot(server, token, { expiresAt: iso(now + hour) })
  t.like(made.bot, { expiresAt: iso(now + hour), isActive: true })
  server.clock.advance(hour - 1)
  t.is((await getMe(server, made.token)).status, 200)
  server.clock.advance(1)
  assertProblem(t, await getMe(server, made.token), 401, 'token_invalid')
  const { body: bots } = await listOwnBots(server, token)
  t.like(
    bots.find(({ id }: { id: string }) => id === made.bot.id),
    { isActive: false, expiresAt: iso(now + hour) },
  )
})

test('a bot gets another token: the one before is refused at once, and its streams end', async (t) => {
  const server = await startServer(t)
  const { token: ofAlice } = await registerPerson(server)
  const { token: first, bot } = await createOwnBot(server, ofAlice)
  const other = await createOwnBot(server, ofAlice, { username: 'other' })
  for (const each of [first, other.token]) t.is((await getMe(server, each)).status, 200)
  const stream = await openStream(t, server, first)
  const expiresAt = iso(server.clock.now() + hour)
  const { status, body } = await renewToken(server, ofAlice, bot.id.toUpperCase(), { expiresAt })
  t.is(status, 200)
  t.like(body.bot, { id: bot.id, username: 'helper', expiresAt, lastUsedAt: null, isActive: true })
  assertProblem(t, await getMe(server, first), 401, 'token_invalid')
  await stream.ended
  for (const each of [body.token, other.token]) t.is((await getMe(server, each)).status, 200)
  const third = (await renewToken(server, ofAlice, bot.id)).body
  t.is(third.bot.expiresAt, null)
  assertProblem(t, await getMe(server, body.token), 401, 'token_invalid')
  t.is((await getMe(server, third.token)).body.id, bot.id)
})

test('a body that is not understood leaves the token as it is', async (t) => {
  const server = await startServer(t)
  const { token: ofAlice } = await registerPerson(server)
  const { token, bot } = await createOwnBot(server, ofAlice)
  const entries = { unknown: { scope: 'all' }, array: [], text: 'expiresAt', null: 'null' }
  const outcomes = await outcomesOf(t, entries, (body) => renewToken(server, ofAlice, bot.id, body))
  t.deepEqual(outcomes, { ...allOf(entries, '422 validation_failed'), text: '400 malformed_request' })
  t.is((await getMe(server, token)).status, 200)
  t.deepEqual(auditEvents(server, 'bot.token_rotated'), [])
})

test('when a bot was last used is told as far as memory knows, and of a new token nothing is told', async (t) => {
  const server = await startServer(t, { settings: { TOKEN_TTL: '1d' } })
  const { token: ofAlice } = await registerPerson(server)
  const { token, bot } = await createOwnBot(server, ofAlice)
  const lastUsedAt = async () => (await listOwnBots(server, ofAlice)).body[0].lastUsedAt
  t.is(await lastUsedAt(), null)
  await getMe(server, token)
  t.is(await lastUsedAt(), iso(server.clock.now()))
  await saveBotUse(server.auth.deps)
  t.is(await lastUsedAt(), iso(server.clock.now()))
  server.clock.advance(hour)
  await getMe(server, token)
  t.is((await renewToken(server, ofAlice, bot.id)).body.bot.lastUsedAt, null)
  await saveBotUse(server.auth.deps)
  t.is(await lastUsedAt(), null)
})

test('a deleted bot is gone for good: its token, its streams, its name', async (t) => {
  const server = await startServer(t)
  const { token: ofAlice } = await registerPerson(server)
  const { token, bot } = await createOwnBot(server, ofAlice)
  const other = await createOwnBot(server, ofAlice, { username: 'other' })
  t.is((await getMe(server, token)).status, 200)
  const stream = await openStream(t, server, token)
  t.is((await deleteOwnBot(server, ofAlice, bot.id)).status, 204)
  assertProblem(t, await getMe(server, token), 401, 'token_invalid')
  await stream.ended
  const profile = await server.request('GET', `/api/auth/users/${bot.id}`, { token: ofAlice })
  assertProblem(t, profile, 404, 'not_found')
  assertProblem(t, await deleteOwnBot(server, ofAlice, bot.id), 404, 'not_found')
  t.is((await getMe(server, other.token)).status, 200)
  t.deepEqual(
    (await listOwnBots(server, ofAlice)).body.map(({ id }: { id: string }) => id),
    [other.bot.id],
  )
  await createOwnBot(server, ofAlice)
})

test('a bot of somebody else, of the operator, and what is no bot is not found, and stays as it is', async (t) => {
  const server = await startServer(t)
  const alice = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const { bot } = await createOwnBot(server, bob.token)
  const { deps } = server.auth
  const free = await deps.db.transaction().execute((trx) => createBot(trx, deps, { username: 'free' }))
  const ids = {
    'of bob': bot.id,
    "the operator's": String(free?.user.id),
    bob: bob.user.id,
    oneself: alice.user.id,
    unknown: '01990000-0000-7000-8000-000000000001',
    'no UUID': 'bot-id',
  }
  const before = server.query('SELECT id FROM users UNION SELECT hex(token_hash) FROM bot_tokens')
  const notFound = allOf(ids, '404 not_found')
  t.deepEqual(await outcomesOf(t, ids, (id) => deleteOwnBot(server, alice.token, id)), notFound)
  t.deepEqual(await outcomesOf(t, ids, (id) => renewToken(server, alice.token, id)), notFound)
  t.deepEqual(server.query('SELECT id FROM users UNION SELECT hex(token_hash) FROM bot_tokens'), before)
  t.deepEqual(auditEvents(server, 'account.deleted', 'bot.token_rotated'), [])
})

test('what an owner did to a bot is written down as theirs, and what the operator did is not', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { bot } = await createOwnBot(server, token)
  await renewToken(server, token, bot.id)
  await deleteOwnBot(server, token, bot.id)
  const { deps } = server.auth
  await deps.db.transaction().execute((trx) => createBot(trx, deps, { username: 'free' }))
  const events = auditEvents(server, 'bot.created', 'bot.token_rotated', 'account.deleted')
  t.deepEqual(
    events.slice(0, 3),
    ['bot.created', 'bot.token_rotated', 'account.deleted'].map((event) => {
      return { event, user_id: bot.id, session_id: null, details: '{"by":"owner"}' }
    }),
  )
  t.is(events[3]?.details, null)
})

test('a bot is refused as soon as another process has disabled its owner, and works again when it enables them', async (t) => {
  const server = await startServer(t)
  const alice = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const { token, bot } = await createOwnBot(server, alice.token)
  const ofBob = await createOwnBot(server, bob.token, { username: 'other' })
  for (const each of [token, ofBob.token]) t.is((await getMe(server, each)).status, 200)
  const { deps } = server.auth
  const beside = await startServer(t, { file: server.file, clock: server.clock })
  const { db } = beside.auth.deps
  await db.transaction().execute((trx) => disableAccount(trx, beside.auth.deps, alice.user.id))
  await server.auth.beat()
  await server.auth.followUp()
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
  t.false(deps.presence.isOnline(bot.id))
  t.is((await getMe(server, ofBob.token)).status, 200)
  t.true(deps.presence.isOnline(ofBob.bot.id))
  await db.transaction().execute((trx) => enableAccount(trx, beside.auth.deps, alice.user.id))
  await server.auth.beat()
  t.is((await getMe(server, token)).status, 200)
})

test('when another process deletes the owner, their bots are gone', async (t) => {
  const server = await startServer(t)
  const alice = await registerPerson(server)
  const { token, bot } = await createOwnBot(server, alice.token)
  t.is((await getMe(server, token)).status, 200)
  const { deps } = (await startServer(t, { file: server.file, clock: server.clock })).auth
  const account = await findAccountById(deps.db, alice.user.id)
  if (account === undefined) return t.fail('there is no account')
  await deps.db.transaction().execute((trx) => deleteAccount(trx, deps, account))
  await server.auth.beat()
  await server.auth.followUp()
  assertProblem(t, await getMe(server, token), 401, 'token_invalid')
  t.false(server.auth.deps.presence.isOnline(bot.id))
  t.deepEqual(server.query('SELECT id FROM users UNION SELECT user_id FROM bot_tokens'), [])
})

test('a session that ended meanwhile makes no bot and no token', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const { bot, token: ofBot } = await createOwnBot(server, token)
  const { deps } = server.auth
  const found = await findSession(deps.db, sessionIdOf(token))
  if (found === undefined) return t.fail('there is no session')
  await server.request('POST', '/api/auth/logout', { token })
  const made = makeOwnBot(deps, found.session, { username: 'late', expiresAt: undefined })
  t.like(await t.throwsAsync(made), { code: 'session_ended' })
  const rotated = rotateOwnBotToken(deps, found.session, { id: bot.id, expiresAt: undefined })
  t.like(await t.throwsAsync(rotated), { code: 'session_ended' })
  t.is(server.query("SELECT id FROM users WHERE username = 'late'").length, 0)
  t.is((await getMe(server, ofBot)).status, 200)
})
