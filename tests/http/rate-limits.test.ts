import test from 'ava'
import { assertProblem, logIn, registerPerson, registration } from '../helpers/people.ts'
import type { Answer } from '../helpers/send.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const settings = { RATE_LIMITS: 'on' }

/** A wrong password for an address of nobody, each time another, so that only the limit by address can stop it. */
const guess = (server: TestServer, number: number): Promise<Answer> =>
  server.request('POST', '/api/auth/login', { body: { email: `nobody${number}@example.com`, password: 'wrong' } })

const times = async (count: number, send: (number: number) => Promise<Answer>): Promise<Answer[]> => {
  const answers: Answer[] = []
  for (let number = 0; number < count; number += 1) answers.push(await send(number))
  return answers
}

test('an address has ten sign-ins a minute, and is told how long to wait', async (t) => {
  const server = await startServer(t, { settings })
  const first = await times(10, (number) => guess(server, number))
  for (const [index, answer] of first.entries()) {
    assertProblem(t, answer, 401, 'invalid_credentials')
    t.is(answer.headers.get('ratelimit-policy'), '"login"; q=10; w=60')
    t.regex(answer.headers.get('ratelimit') ?? '', new RegExp(`^"login"; r=${9 - index}; t=\\d+$`))
  }
  const failures = server.query('SELECT * FROM sign_in_failures')
  const eleventh = await guess(server, 11)
  assertProblem(t, eleventh, 429, 'rate_limited')
  t.true(Number(eleventh.headers.get('retry-after')) >= 1 && Number(eleventh.headers.get('retry-after')) <= 60)
  t.regex(eleventh.headers.get('ratelimit') ?? '', /^"login"; r=0; t=\d+$/)
  t.true(eleventh.headers.has('ratelimit-policy'))
  t.is(eleventh.headers.get('x-ratelimit-limit'), null)
  t.deepEqual(server.query('SELECT * FROM sign_in_failures'), failures, 'what is refused is not looked at')
})

test('the limits of sign-in, registration, codes and all else are apart', async (t) => {
  const server = await startServer(t, { settings })
  const check = () => server.request('POST', '/api/auth/invites/check', { body: { inviteCode: 'UNKNOWN' } })
  const register = () => server.request('POST', '/api/auth/register', { body: {} })
  const reset = () => server.request('POST', '/api/auth/password/reset', { body: {} })
  await times(10, (number) => guess(server, number))
  t.is((await guess(server, 11)).status, 429)
  for (const answer of await times(10, register)) assertProblem(t, answer, 422, 'validation_failed')
  assertProblem(t, await register(), 429, 'rate_limited')
  for (const answer of await times(5, check)) assertProblem(t, answer, 403, 'invite_invalid')
  for (const answer of await times(5, reset)) assertProblem(t, answer, 422, 'validation_failed')
  assertProblem(t, await check(), 429, 'rate_limited')
  assertProblem(t, await reset(), 429, 'rate_limited')
  t.is((await server.request('GET', '/api/auth/config')).status, 200)
})

test('whoever watches the server is never limited', async (t) => {
  const server = await startServer(t, { overrides: { rateLimitFactor: 1 / 6000 }, settings })
  await server.request('GET', '/')
  assertProblem(t, await server.request('GET', '/'), 429, 'rate_limited')
  for (const answer of await times(20, () => server.request('GET', '/healthz'))) t.is(answer.status, 200)
  for (const answer of await times(20, () => server.request('GET', '/readyz'))) {
    t.is(answer.status, 200)
    t.false(answer.headers.has('ratelimit'))
  }
})

test('a limit that is reached ends no session, and a refused refresh moves none on', async (t) => {
  const server = await startServer(t, { settings })
  const { token } = await registerPerson(server)
  await times(12, () => logIn(server, 'alice', 'a wrong password'))
  assertProblem(t, await logIn(server), 429, 'rate_limited')
  t.is((await server.request('GET', '/api/auth/me', { token })).status, 200)
  t.is((await server.request('POST', '/api/auth/refresh', { token })).status, 200)
  await server.stop()
  const strict = await startServer(t, { overrides: { rateLimitFactor: 1 / 6000 }, settings, file: server.file })
  await strict.request('GET', '/')
  const refused = await strict.request('POST', '/api/auth/refresh', { token })
  assertProblem(t, refused, 429, 'rate_limited')
  t.deepEqual(strict.query('SELECT generation, ended_at FROM sessions'), [{ generation: 2, ended_at: null }])
})

test('of 60 registrations at once from one address one makes an account, and 50 are not even looked at', async (t) => {
  const server = await startServer(t, { settings })
  const inviteCode = await server.mintInvite(1)
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) => {
      const body = registration({ username: `user${index}`, email: `user${index}@example.com`, inviteCode })
      return server.request('POST', '/api/auth/register', { body })
    }),
  )
  const count = (status: number): number => answers.filter((answer) => answer.status === status).length
  t.deepEqual([count(201), count(403), count(429)], [1, 9, 50])
  t.is(server.query('SELECT id FROM users').length, 1)
  t.deepEqual(server.query('SELECT uses FROM invites'), [{ uses: 1 }])
})

test('with RATE_LIMITS=off no address is limited', async (t) => {
  const server = await startServer(t, { settings: { RATE_LIMITS: 'off' } })
  for (const answer of await times(25, (number) => guess(server, number))) {
    t.is(answer.status, 401)
    t.false(answer.headers.has('ratelimit'))
  }
})
