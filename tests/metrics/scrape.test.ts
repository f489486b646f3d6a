import test from 'ava'
import { register } from '../helpers/account-requests.ts'
import { goodPassword, logIn, registerPerson } from '../helpers/people.ts'
import { parseScrape, readSample, serveMetrics } from '../helpers/scrape.ts'
import { startServer } from '../helpers/start-server.ts'

const settings = { METRICS_PORT: '0' }

/** What labels may say: nothing that a client has a word in. */
const labelValues: Record<string, RegExp> = {
  method: /^(GET|HEAD|POST|PATCH|PUT|DELETE|OPTIONS|other)$/,
  route: /^(none|\/[a-zA-Z0-9:/._-]*)$/,
  status: /^\d{3}$/,
  le: /^(\+Inf|\d+(\.\d+)?)$/,
  version: /^v?\d+\.\d+\.\d+$/,
  major: /^\d+$/,
  minor: /^\d+$/,
  patch: /^\d+$/,
  type: /^\w+$/,
  kind: /^\w+$/,
  space: /^\w+$/,
}

test('a scrape under load is read by Prometheus’s own library, counts every request, and names nobody', async (t) => {
  const server = await startServer(t, { settings })
  const scrape = await serveMetrics(t, server)
  const { token, user } = await registerPerson(server, 'alice')
  const rounds = 40
  const people = [0, 1, 2, 3]
  let isOver = false
  const scrapes: string[] = []
  const scraping = (async () => {
    while (!isOver) scrapes.push(await scrape())
  })()
  await Promise.all(
    people.map(async () => {
      for (let round = 0; round < rounds; round += 1) {
        await server.request('GET', '/api/auth/me', { token })
        await server.request('GET', `/api/auth/users/${user.id}`, { token })
        await server.request('GET', `/alice@example.com/${user.id}?secret=${goodPassword}`)
        await server.request('DELETE', '/api/auth/login')
        if (round % 8 === 0) await logIn(server, 'alice', 'not-the-right-one')
      }
    }),
  )
  isOver = true
  await scraping
  t.true(scrapes.length > 1)
  const text = await scrape()
  const samples = parseScrape(t, text)
  if (samples === undefined) return
  for (const one of [scrapes[0], scrapes.at(-1)]) t.true((parseScrape(t, one ?? '') ?? []).length > 50)
  const count = (labels: Record<string, string>) => readSample(samples, 'guestlist_http_requests_total', labels)
  const each = people.length * rounds
  t.is(count({ method: 'GET', route: '/api/auth/me', status: '200' }), each)
  t.is(count({ method: 'GET', route: '/api/auth/users/:id', status: '200' }), each)
  t.is(count({ method: 'GET', route: 'none', status: '404' }), each)
  t.is(count({ method: 'DELETE', route: '/api/auth/login', status: '405' }), each)
  t.is(count({ method: 'POST', route: '/api/auth/register', status: '201' }), 1)
  t.is(
    count({ method: 'POST', route: '/api/auth/login', status: '401' }) +
      samples
        .filter(({ labels }) => labels.route === '/api/auth/login' && labels.status === '429')
        .reduce((sum, { value }) => sum + value, 0),
    (people.length * rounds) / 8,
  )
  const durations = 'guestlist_http_request_duration_seconds'
  t.is(readSample(samples, `${durations}_count`, { method: 'GET', route: '/api/auth/me' }), each)
  t.true(readSample(samples, `${durations}_sum`, { method: 'GET', route: '/api/auth/me' }) > 0)
  t.is(readSample(samples, `${durations}_bucket`, { method: 'GET', route: '/api/auth/me', le: '+Inf' }), each)
  for (const { name, labels } of samples) {
    for (const [label, value] of Object.entries(labels))
      t.regex(value, labelValues[label] ?? /^never$/, `${name} ${label}`)
  }
  for (const secret of ['alice', user.id, token, goodPassword, '127.0.0.1']) t.false(text.includes(secret), secret)
})

test('a method that nobody knows, and an answer that its client did not wait for, are counted too', async (t) => {
  const server = await startServer(t, { settings })
  const scrape = await serveMetrics(t, server)
  const { token } = await registerPerson(server, 'alice')
  t.is((await server.request('PROPFIND', '/')).status, 405)
  const stream = await fetch(`${server.url}/api/auth/presence/stream`, {
    headers: { authorization: `Bearer ${token}` },
  })
  t.regex(await scrape(), /^guestlist_presence_streams 1$/m)
  await stream.body?.cancel()
  await server.stop()
  // The server waits for its connections, so the stream has been counted by now.
  const text = (await server.auth.deps.requestMetrics?.metrics[0]?.get()) ?? { values: [] }
  t.deepEqual(
    text.values.map(({ labels, value }) => [labels.method, labels.route, labels.status, value]),
    [
      ['POST', '/api/auth/register', 201, 1],
      ['other', '/', 405, 1],
      ['GET', '/api/auth/presence/stream', 200, 1],
    ],
  )
  const durations = (await server.auth.deps.requestMetrics?.metrics[1]?.get()) ?? { values: [] }
  t.false(JSON.stringify(durations.values).includes('/stream'), 'how long somebody listens is no latency')
})

test('people, bots, sessions and invites are counted as the data file has them', async (t) => {
  const server = await startServer(t, { settings })
  const scrape = await serveMetrics(t, server)
  for (const name of ['alice', 'bob', 'carol']) await registerPerson(server, name)
  const inviteCode = await server.mintInvite(10)
  t.is((await register(server, { username: 'dave', email: 'dave@example.com', inviteCode })).status, 201)
  await server.mintInvite(1, { expiresAt: server.clock.now() - 1 })
  await server.mintInvite()
  const { token } = (await logIn(server)).body
  await server.request('POST', '/api/auth/logout', { token })
  const bot = await server.request('POST', '/api/auth/bots', {
    token: (await logIn(server, 'bob')).body.token,
    body: { username: 'robot' },
  })
  t.is(bot.status, 201, bot.text)
  server.query("UPDATE users SET disabled_at = 1 WHERE username = 'carol'")
  server.query("UPDATE sessions SET expires_at = 1 WHERE user_id = (SELECT id FROM users WHERE username = 'dave')")
  const text = await scrape()
  for (const line of [
    'guestlist_people 4',
    'guestlist_bots 1',
    'guestlist_accounts_disabled 1',
    'guestlist_sessions 4',
    'guestlist_invites_open 2',
    'guestlist_invite_uses 4',
    'guestlist_users_online 1',
    'guestlist_presence_streams 0',
    'guestlist_password_hashes_waiting 0',
    'guestlist_password_hashes_refused_total 0',
    'guestlist_ready 1',
  ]) {
    t.true(text.split('\n').includes(line), `${line}\n${text.match(/^guestlist_.*$/gm)?.join('\n')}`)
  }
  t.regex(text, /^guestlist_database_size_bytes [1-9]\d+$/m)
  t.regex(text, /^guestlist_database_wal_size_bytes [1-9]\d+$/m)
})

test('a table of many pieces is counted whole', async (t) => {
  const server = await startServer(t, { settings })
  const scrape = await serveMetrics(t, server)
  const rows = 5001
  server.query(
    `INSERT INTO users (id, username, display_name, is_bot, created_at)
     WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows})
     SELECT printf('%036d', n), 'person' || n, 'x', 0, 1 FROM numbers`,
  )
  t.regex(await scrape(), new RegExp(`^guestlist_people ${rows}$`, 'm'))
})

test('while hashes are computed and wait, the gauges say how many; those that found no place are counted', async (t) => {
  const server = await startServer(t, { settings, overrides: { scryptCost: { logN: 12, r: 8, p: 1 } } })
  const scrape = await serveMetrics(t, server)
  const { hashing } = server.auth.deps
  const hashes = Array.from({ length: 140 }, () => hashing.hash('a password').catch(() => undefined))
  const text = await scrape()
  await Promise.all(hashes)
  const read = (name: string) => Number(new RegExp(`^guestlist_password_hashes_${name} (\\d+)$`, 'm').exec(text)?.[1])
  t.true(read('running') > 0)
  t.true(read('waiting') > 0)
  t.true(read('refused_total') > 0)
})

test('a server without METRICS_PORT measures nothing', async (t) => {
  const server = await startServer(t)
  t.is(server.auth.deps.requestMetrics, undefined)
})
