import type { ExecutionContext } from 'ava'
import type { Answer } from './send.ts'
import type { TestServer } from './start-server.ts'

export const goodPassword = 'secure-password'

export interface Person {
  readonly token: string
  readonly user: { id: string; username: string; displayName: string; avatarUrl: string | null; isBot: boolean }
}

/** A body that registers; every field can be replaced. */
export const registration = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  email: 'alice@example.com',
  password: goodPassword,
  username: 'alice',
  ...fields,
})

/** Registers somebody with an invite of their own; their email address is made of the username. */
export async function registerPerson(server: TestServer, username = 'alice'): Promise<Person> {
  const inviteCode = await server.mintInvite(1)
  const body = registration({ username, email: `${username}@example.com`, inviteCode })
  const answer = await server.request('POST', '/api/auth/register', { body })
  if (answer.status !== 201) throw new Error(`registration was answered ${answer.status}: ${answer.text}`)
  return answer.body
}

export function logIn(server: TestServer, username = 'alice', password = goodPassword): Promise<Answer> {
  return server.request('POST', '/api/auth/login', { body: { email: `${username}@example.com`, password } })
}

/** Asserts problem details as every error has them (RFC 9457), with this status and code. */
export function assertProblem(t: ExecutionContext, answer: Answer, status: number, code: string): void {
  t.is(answer.status, status, answer.text)
  t.regex(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  t.is(answer.body.code, code)
  t.is(answer.body.status, status)
  t.is(answer.body.requestId, answer.headers.get('x-request-id'))
  for (const member of ['type', 'title', 'detail']) t.is(typeof answer.body[member], 'string')
  t.notRegex(answer.text, /SQLITE|node_modules|\.ts:\d|at .*\(/, 'nothing private is told')
  if (status === 401) t.regex(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="guestlist"/)
  if (status === 429 || status === 503) t.regex(answer.headers.get('retry-after') ?? '', /^\d+$/)
}

/** The rows of all users, without when they were last seen: presence writes that at a time of its own. */
export const usersAsWritten = (server: TestServer) =>
  server
    .query<Record<string, unknown>>('SELECT * FROM users ORDER BY id')
    .map(({ last_seen_at: _lastSeenAt, ...row }) => row)
