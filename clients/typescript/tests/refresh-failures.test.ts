import test from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { ok, problem } from './helpers/answers.ts'
import { rejection } from './helpers/rejection.ts'
import { startSessionServer } from './helpers/session-server.ts'
import type { Answer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const expired = makeToken()
const kept: [answer: Answer, code: string][] = [
  ['hang up', 'network_error'],
  ['never', 'timeout'],
  [problem(429, 'rate_limited'), 'rate_limited'],
  [problem(503, 'overloaded'), 'overloaded'],
  [problem(503, 'database_unavailable'), 'database_unavailable'],
  [problem(500, 'internal_error'), 'internal_error'],
  [{ status: 502, text: '<h1>Bad gateway</h1>' }, 'invalid_answer'],
  [{ status: 401, text: 'Proxy says no' }, 'invalid_answer'],
  [ok({}), 'invalid_answer'],
]

// Only where no answer comes: a busy machine may need a while for the others.
const brief = (answer: Answer) => (answer === 'never' ? { timeout: 200 } : {})

for (const [answer, code] of kept) {
  test(`a refresh that fails with ${code} keeps the token (${JSON.stringify(answer).slice(0, 40)})`, async (t) => {
    const server = await startSessionServer(t, ({ path }) => (path === '/api/auth/refresh' ? answer : undefined))
    const storage = memoryStorage()
    const client = new GuestlistClient({
      baseUrl: server.baseUrl,
      token: expired,
      storage,
      maxRetries: 0,
      ...brief(answer),
    })
    t.is((await rejection(t, client.getMe())).code as string, code)
    t.is((await rejection(t, client.refreshToken())).code as string, code)
    t.is(await storage.get(), expired)
    t.is(server.of('GET /me').length, 1)
  })
}

for (const code of ['session_ended', 'token_reused', 'token_invalid', 'token_missing']) {
  test(`a refresh answered ${code} drops the token and fails the request with that code`, async (t) => {
    const refusal = problem(401, code)
    const server = await startSessionServer(t, ({ path }) => (path === '/api/auth/refresh' ? refusal : undefined))
    const storage = memoryStorage()
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token: expired, storage })
    const all = await Promise.all(Array.from({ length: 5 }, () => rejection(t, client.getMe())))
    t.deepEqual(new Set<string>(all.map((error) => error.code)), new Set([code]))
    t.is(await storage.get(), null)
    t.is(server.refreshes(), 1)
  })
}
