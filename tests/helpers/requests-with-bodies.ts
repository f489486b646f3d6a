import { routes } from '../../server/routes.ts'
import { addPerson } from './add-person.ts'
import { registration } from './people.ts'
import type { Answer, RequestOptions } from './send.ts'
import type { TestServer } from './start-server.ts'

export interface BodyRoute {
  readonly method: string
  readonly path: string
  /** A body of the right form; what it is answered depends on what the data file holds. */
  readonly body: Record<string, string>
}

const goodBodies: Record<string, Record<string, unknown>> = {
  'PATCH /api/auth/me': { displayName: 'Alice', avatarUrl: 'https://example.com/a.png' },
  'PATCH /api/auth/account': { email: 'other@example.com', currentPassword: 'a password of nobody' },
  'POST /api/auth/register': registration({ displayName: 'Alice', inviteCode: 'ABC123' }),
  'POST /api/auth/login': { email: 'nobody@example.com', password: 'a password of nobody' },
  'POST /api/auth/password/forgot': { email: 'nobody@example.com' },
  'POST /api/auth/password': { currentPassword: 'a password of nobody', newPassword: 'another of nobody' },
  'POST /api/auth/password/reset': { code: 'ABC123', password: 'a password of nobody' },
  'POST /api/auth/invites/check': { inviteCode: 'ABC123' },
  'POST /api/auth/oauth/token': { code: 'code', flowSecret: 'secret' },
  'POST /api/auth/oauth/:provider/login': {
    returnTo: 'http://localhost/',
    inviteCode: 'ABC123',
    username: 'alice',
  },
  'POST /api/auth/oauth/:provider/link': { returnTo: 'http://localhost/' },
  'POST /api/auth/bots': { username: 'helper', displayName: 'Helper' },
  'POST /api/auth/disconnect': { token: 'a.b.c', connection: 'tab1' },
}

/** Every operation that takes a body: those of the route table, and the one that reads its body itself. */
export const bodyRoutes: readonly BodyRoute[] = [
  ...routes.filter(([, , , , body]) => body === 'json').map(([method, path]) => ({ method, path })),
  { method: 'POST', path: '/api/auth/disconnect' },
].map(({ method, path }) => {
  const body = goodBodies[`${method} ${path}`]
  if (body === undefined) throw new Error(`${method} ${path} takes a body: it needs a good one here`)
  return { method, path, body: body as Record<string, string> }
})

export type SendBody = (route: BodyRoute, body: unknown, options?: RequestOptions) => Promise<Answer>

/** Sends a body to any route, as somebody signed in where the route asks for it. */
export async function signedInSender(server: TestServer): Promise<SendBody> {
  const { token } = await addPerson(server, 'sender')
  const guarded = routes.filter(([, , , access]) => access === 'token' || access === 'person')
  return (route, body, options) => {
    const needsToken = guarded.some(([method, path]) => method === route.method && path === route.path)
    return server.request(route.method, route.path, { ...(needsToken && { token }), body, ...options })
  }
}
