import { usersAsWritten } from './people.ts'
import type { Answer } from './send.ts'
import type { TestServer } from './start-server.ts'

export const returnTo = 'http://localhost:5173/welcome?from=here#top'

interface Start {
  readonly authorizationUrl: string
  readonly flowSecret: string
}

export const startLogin = (server: TestServer, provider: string, body: Record<string, unknown> = {}): Promise<Answer> =>
  server.request('POST', `/api/auth/oauth/${provider}/login`, { body: { returnTo, ...body } })

export const startLink = (server: TestServer, provider: string, token: string): Promise<Answer> =>
  server.request('POST', `/api/auth/oauth/${provider}/link`, { token, body: { returnTo } })

/** What the browser does at the provider: gives the address that it is sent back to. */
export async function visitProvider({ authorizationUrl }: Start): Promise<URL> {
  const { headers } = await fetch(authorizationUrl, { redirect: 'manual' })
  return new URL(headers.get('location') ?? '')
}

/** What the browser does on its way back, at this server. */
export async function comeBack(server: TestServer, callback: URL): Promise<Answer> {
  const response = await fetch(server.url + callback.pathname + callback.search, { redirect: 'manual' })
  const text = await response.text()
  const body = text.startsWith('{') ? JSON.parse(text) : undefined
  return { status: response.status, headers: response.headers, text, body }
}

/** The code that the browser brings to the application. */
export const codeOf = ({ headers }: Answer): string =>
  new URL(headers.get('location') ?? 'http://nowhere').searchParams.get('oauth_code') ?? ''

export const exchange = (server: TestServer, code: string, flowSecret: string, token?: string): Promise<Answer> =>
  server.request('POST', '/api/auth/oauth/token', { body: { code, flowSecret }, ...(token !== undefined && { token }) })

/** From a start to the exchange; the first step that is refused is the last. */
export async function walk(server: TestServer, started: Answer, token?: string): Promise<Answer> {
  if (started.status !== 200) return started
  const back = await comeBack(server, await visitProvider(started.body))
  return back.status === 303 ? await exchange(server, codeOf(back), started.body.flowSecret, token) : back
}

export const signInThrough = async (server: TestServer, provider: string, body?: Record<string, unknown>) =>
  await walk(server, await startLogin(server, provider, body))

export const linkThrough = async (server: TestServer, provider: string, token: string) =>
  await walk(server, await startLink(server, provider, token), token)

/** All that a sign-in can leave behind. */
export const traces = (server: TestServer) => [
  usersAsWritten(server),
  ...['oauth_accounts', 'invites', 'invite_uses', 'sessions'].map((table) =>
    server.query(`SELECT * FROM ${table} ORDER BY 1, 2`),
  ),
]
