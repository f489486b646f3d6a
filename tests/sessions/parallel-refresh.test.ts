import test from 'ava'
import { registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { generationOf, getMe, refresh, refreshed, sessionRow } from '../helpers/tokens.ts'

const refreshTimes = (server: TestServer, token: string, times: number) =>
  Promise.all(Array.from({ length: times }, () => refresh(server, token)))

test('20 refreshes of one token at once all succeed, and move the session on by exactly one', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const answers = await refreshTimes(server, token, 20)
  t.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 200),
  )
  for (const { body } of answers) t.is(generationOf(body.token), 2)
  for (const { body } of answers) t.is((await getMe(server, body.token)).status, 200)
  t.like(sessionRow(server, token), { generation: 2, base_generation: 1, ended_at: null })
  t.is(server.query('SELECT id FROM sessions WHERE ended_at IS NULL').length, 1)
})

test('so do 20 of a token whose answer was lost', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await refreshed(server, token)
  server.clock.advance(60_000)
  const answers = await refreshTimes(server, token, 20)
  t.true(answers.every(({ status, body }) => status === 200 && generationOf(body.token) === 3))
  t.like(sessionRow(server, token), { generation: 3, base_generation: 1, ended_at: null })
})

test('of 20 refreshes of a stolen token at once, one says token_reused, and it is written down once', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  await getMe(server, await refreshed(server, token))
  server.clock.advance(60_000)
  const codes = (await refreshTimes(server, token, 20)).map(({ status, body }) => `${status} ${body.code}`).sort()
  t.deepEqual(codes, [...Array.from({ length: 19 }, () => '401 session_ended'), '401 token_reused'])
  t.is(server.query("SELECT id FROM audit_events WHERE event = 'session.token_reused'").length, 1)
})

test('a refresh that races a logout leaves no living session', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const answers = await Promise.all([
    ...Array.from({ length: 5 }, () => refresh(server, token)),
    server.request('POST', '/api/auth/logout', { token }),
    ...Array.from({ length: 5 }, () => refresh(server, token)),
  ])
  t.true(answers.every(({ status, body }) => status < 400 || body.code === 'session_ended'))
  t.is(server.query('SELECT id FROM sessions WHERE ended_at IS NULL').length, 0)
  for (const { status, body } of answers) {
    if (status === 200) t.is((await getMe(server, body.token)).body.code, 'session_ended')
  }
})
