import test from 'ava'
import { addPerson } from '../helpers/add-person.ts'
import { outcomesOf } from '../helpers/outcomes.ts'
import { createOwnBot } from '../helpers/own-bots.ts'
import { assertProblem } from '../helpers/people.ts'
import { disconnect } from '../helpers/presence.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

const listPresence = (server: TestServer, token: string, query = '') =>
  server.request('GET', `/api/auth/presence${query}`, { token })

const namesOf = (users: readonly { username: string }[]): string[] => users.map(({ username }) => username).sort()

/** Somebody who has made a request. */
async function addOnline(server: TestServer, username: string) {
  const person = await addPerson(server, username)
  await getMe(server, person.token)
  return person
}

/** Pages through all, as a client would. */
async function listAll(server: TestServer, token: string, limit: number) {
  const sizes: number[] = []
  const names: string[] = []
  for (let after: string | null = ''; after !== null; ) {
    const { body } = await listPresence(server, token, `?limit=${limit}${after && `&after=${after}`}`)
    sizes.push(body.users.length)
    names.push(...namesOf(body.users))
    after = body.next
  }
  return { sizes, names: names.sort() }
}

test('who is online is listed with their profile, bots and oneself as well, and nobody who is not', async (t) => {
  const server = await startServer(t)
  const alice = await addOnline(server, 'alice')
  const bob = await addOnline(server, 'bob')
  await addPerson(server, 'never-seen')
  const gone = await addOnline(server, 'gone')
  await disconnect(server, gone.token)
  const { token: ofBot } = await createOwnBot(server, alice.token)
  await getMe(server, ofBot)
  for (const token of [alice.token, ofBot]) {
    const { status, body } = await listPresence(server, token)
    t.is(status, 200)
    t.is(body.next, null)
    t.deepEqual(namesOf(body.users), ['alice', 'bob', 'helper'])
    t.deepEqual(
      body.users.find(({ id }: { id: string }) => id === bob.user.id),
      { ...bob.user, presence: { status: 'online', lastSeenAt: new Date(server.clock.now()).toISOString() } },
    )
    t.notRegex(JSON.stringify(body), /example\.com/, 'never an email address')
  }
  server.clock.advance(60_000)
  t.deepEqual(namesOf((await listPresence(server, alice.token)).body.users), ['alice'])
})

test('page by page everybody is met once, whatever the size of a page', async (t) => {
  const server = await startServer(t)
  const people = ['alice', 'bob', 'carol', 'dave', 'eve']
  for (const name of people) await addOnline(server, name)
  const { token } = await addOnline(server, 'frank')
  const all = [...people, 'frank']
  for (const limit of [1, 2, 4, 5, 6, 7, 500]) {
    const { names, sizes } = await listAll(server, token, limit)
    t.deepEqual(names, all, String(limit))
    t.true(sizes.every((size) => size <= limit))
  }
})

test('a page holds 100 unless it is told otherwise, and 500 at most', async (t) => {
  const server = await startServer(t)
  const { token } = await addOnline(server, 'alice')
  const { presence, newId } = server.auth.deps
  const ids = Array.from({ length: 600 }, newId)
  server.query(
    `INSERT INTO users (id, username, display_name, is_bot, created_at)
     SELECT value, 'user' || key, 'User', 0, 1 FROM json_each(?)`,
    JSON.stringify(ids),
  )
  for (const id of ids) presence.mark({ id, userId: id }, undefined, presence.nextArrival())
  t.is((await listPresence(server, token)).body.users.length, 100)
  t.is((await listPresence(server, token, '?limit=500')).body.users.length, 500)
  t.is((await listAll(server, token, 500)).names.length, 601)
})

test('whoever is gone or disabled is left out, also where memory still knows of them', async (t) => {
  const server = await startServer(t)
  const { token } = await addOnline(server, 'alice')
  const deleted = await addOnline(server, 'deleted')
  const disabled = await addOnline(server, 'disabled')
  server.query('DELETE FROM users WHERE id = ?', deleted.user.id)
  server.query('UPDATE users SET disabled_at = 1 WHERE id = ?', disabled.user.id)
  await server.auth.beat()
  await server.auth.followUp()
  const { presence } = server.auth.deps
  for (const { user } of [deleted, disabled]) {
    presence.mark({ id: user.id, userId: user.id }, undefined, presence.nextArrival())
  }
  t.deepEqual(await listAll(server, token, 1), { sizes: [1, 0, 0], names: ['alice'] })
})

test('behind the last there is nobody', async (t) => {
  const server = await startServer(t)
  const { token } = await addOnline(server, 'alice')
  for (const after of ['0', '1000000', '9999999999']) {
    t.deepEqual((await listPresence(server, token, `?after=${after}`)).body, { users: [], next: null })
  }
})

const wrongQueries: Record<string, string> = {
  limit: '?limit=0',
  'limit above 500': '?limit=501',
  'limit below 0': '?limit=-1',
  'limit of a half': '?limit=1.5',
  'limit in another notation': '?limit=1e2',
  'limit of nothing': '?limit=',
  'limit of a word': '?limit=all',
  'limit with a space': '?limit=%2010',
  'limit twice': '?limit=1&limit=2',
  after: '?after=x',
  'after of nothing': '?after=',
  'after below 0': '?after=-1',
  'after beyond all numbers': `?after=${'9'.repeat(400)}`,
  'page, which there is not': '?page=2',
  'Limit, which is another name': '?Limit=2',
}

test('a query that is not understood is refused, and told by its name', async (t) => {
  const server = await startServer(t)
  const { token } = await addOnline(server, 'alice')
  const outcomes = await outcomesOf(t, wrongQueries, (query) => listPresence(server, token, query))
  t.deepEqual(outcomes, Object.fromEntries(Object.keys(wrongQueries).map((name) => [name, '422 validation_failed'])))
  for (const [name, query] of Object.entries(wrongQueries)) {
    const { errors } = (await listPresence(server, token, query)).body
    t.deepEqual(
      errors.map(({ path }: { path: string }) => path),
      [name.replace(/[ ,].*$/, '')],
    )
  }
})

test('without a token nobody is told who is online', async (t) => {
  const server = await startServer(t)
  await addOnline(server, 'alice')
  assertProblem(t, await server.request('GET', '/api/auth/presence?limit=x'), 401, 'token_missing')
})
