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
