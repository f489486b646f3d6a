import type { Answer } from './send.ts'
import type { TestServer } from './start-server.ts'

export const newPassword = 'a-new-secure-password'

/** Changes the password of whoever's token it is, with these fields instead of the right ones. */
export const changePassword = (server: TestServer, token: string, fields: Record<string, unknown> = {}) =>
  server.request('POST', '/api/auth/password', {
    token,
    body: { currentPassword: 'secure-password', newPassword, ...fields },
  })

export const changeEmail = (server: TestServer, token: string, email: unknown, currentPassword = 'secure-password') =>
  server.request('PATCH', '/api/auth/account', { token, body: { email, currentPassword } })

export const getAccount = (server: TestServer, token: string): Promise<Answer> =>
  server.request('GET', '/api/auth/account', { token })

export const deleteAccount = (server: TestServer, token: string): Promise<Answer> =>
  server.request('DELETE', '/api/auth/me', { token })

interface EventRow {
  readonly event: string
  readonly user_id: string | null
  readonly session_id: string | null
  readonly details: string | null
}

/** The audit trail, oldest first; only events of this name, where one is given. */
export const auditEvents = (server: TestServer, name?: string): EventRow[] =>
  server
    .query<EventRow>('SELECT event, user_id, session_id, details FROM audit_events ORDER BY sequence')
    .filter(({ event }) => name === undefined || event === name)
