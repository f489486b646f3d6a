import { goodPassword } from './people.ts'
import type { Answer } from './send.ts'
import type { TestServer } from './start-server.ts'

export const wrongPassword = 'not-the-right-one'

interface Attempt {
  /** The address it comes from; the server must trust one proxy. */
  readonly from?: string
  readonly email?: string
  readonly password?: string
}

export const behindProxy = { settings: { TRUST_PROXY: '1' } }

export function attempt(server: TestServer, { from, email = 'alice@example.com', password }: Attempt): Promise<Answer> {
  const headers: Record<string, string> = from === undefined ? {} : { 'X-Forwarded-For': from }
  return server.request('POST', '/api/auth/login', { body: { email, password: password ?? wrongPassword }, headers })
}

export const attemptRightly = (server: TestServer, from?: string): Promise<Answer> =>
  attempt(server, { ...(from !== undefined && { from }), password: goodPassword })

/** That many wrong passwords, each after the wait that the one before it caused. */
export async function failTimes(server: TestServer, times: number, options: Attempt = {}): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    const answer = await attempt(server, options)
    if (answer.status !== 401) throw new Error(`attempt ${count + 1} was answered ${answer.status}`)
    if (count >= 4) server.clock.advance(3_600_000)
  }
}
