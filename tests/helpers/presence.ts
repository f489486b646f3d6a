import { registerPerson } from './people.ts'
import type { Answer, RequestOptions } from './send.ts'
import type { TestServer } from './start-server.ts'

export interface PresenceAnswer {
  readonly status: 'online' | 'offline'
  readonly lastSeenAt: string | null
}

/** Somebody else, who looks at people's presence without being in the way: to look at oneself is to be online. */
export async function createViewer(server: TestServer): Promise<(userId: string) => Promise<PresenceAnswer>> {
  const { token } = await registerPerson(server, 'viewer')
  return async (userId) => {
    const { body, text } = await server.request('GET', `/api/auth/users/${userId}`, { token })
    if (body?.presence === undefined) throw new Error(`the viewer was answered: ${text}`)
    return body.presence
  }
}

/** Long enough that nobody who is looked at has to refresh. */
export const longTokens = { TOKEN_TTL: '1d' }

export const named = (connection: string): RequestOptions => ({ headers: { 'guestlist-connection': connection } })

export const disconnect = (server: TestServer, token: string, options: RequestOptions = {}): Promise<Answer> =>
  server.request('POST', '/api/auth/disconnect', { token, ...options })
