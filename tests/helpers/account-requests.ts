import { goodPassword, registration } from './people.ts'
import type { Answer } from './send.ts'
import type { TestServer } from './start-server.ts'

/** Posts a registration of alice, with these fields instead of hers. */
export function register(
  server: TestServer,
  fields: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return server.request('POST', '/api/auth/register', { body: registration(fields), headers })
}

/** A registration that another may follow: it has an invite and names of its own. */
export async function registerAnother(server: TestServer, fields: Record<string, unknown> = {}): Promise<Answer> {
  const number = server.query('SELECT id FROM invites').length
  const names = { username: `user${number}`, email: `user${number}@example.com` }
  return register(server, { ...names, inviteCode: await server.mintInvite(1), ...fields })
}

/** Signs in as it was typed: any email address, any password. */
export const signIn = (server: TestServer, email: unknown, password: unknown = goodPassword): Promise<Answer> =>
  server.request('POST', '/api/auth/login', { body: { email, password } })

export const checkInvite = (server: TestServer, inviteCode: unknown): Promise<Answer> =>
  server.request('POST', '/api/auth/invites/check', { body: { inviteCode } })

export const resetPassword = (server: TestServer, code: unknown, password: unknown): Promise<Answer> =>
  server.request('POST', '/api/auth/password/reset', { body: { code, password } })

/** How many rows each table that a registration writes to has. */
export function countRows(server: TestServer): Record<string, number> {
  const tables = ['users', 'sessions', 'invite_uses', 'idempotency_keys', 'audit_events']
  return Object.fromEntries(tables.map((table) => [table, server.query(`SELECT 1 FROM ${table}`).length]))
}

/** The uses that all invites together have seen. */
export const countUses = (server: TestServer): number =>
  server.query<{ uses: number }>('SELECT uses FROM invites').reduce((sum, { uses }) => sum + uses, 0)
