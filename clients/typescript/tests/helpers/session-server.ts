import type { ExecutionContext } from 'ava'
import { alice, noContent, ok, problem } from './answers.ts'
import { type Answer, type SeenRequest, startTestServer, type TestServer } from './test-server.ts'
import { makeToken } from './tokens.ts'

export interface SessionServer extends TestServer {
  /** The tokens that authenticate. Everything else has expired. */
  readonly fresh: Set<string>
  /** How often a token was exchanged. */
  refreshes(): number
  /** The requests of one operation, such as `GET /me`. */
  of(operation: string): SeenRequest[]
}

/** One session of alice: every token but the fresh ones has expired, and refreshing makes the next generation. */
export async function startSessionServer(
  t: ExecutionContext,
  instead: (request: SeenRequest) => Answer | undefined | Promise<Answer | undefined> = () => undefined,
): Promise<SessionServer> {
  const fresh = new Set<string>()
  let generation = 1
  const server = await startTestServer(t, async (request) => {
    const other = await instead(request)
    if (other !== undefined) return other
    if (request.token === null && request.path !== '/api/auth/config') return problem(401, 'token_missing')
    if (request.path === '/api/auth/refresh') {
      generation += 1
      const token = makeToken({ gen: generation })
      fresh.add(token)
      return ok({ token })
    }
    if (request.token !== null && !fresh.has(request.token)) return problem(401, 'token_expired')
    return request.path === '/api/auth/me' ? ok(alice) : request.method === 'GET' ? ok({}) : noContent
  })
  const of = (operation: string) =>
    server.requests.filter(({ method, path }) => `${method} ${path}` === operation.replace('/', '/api/auth/'))
  return { ...server, fresh, of, refreshes: () => of('POST /refresh').length }
}
