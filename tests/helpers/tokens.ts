import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { withLowS } from '../../server/sessions/low-s.ts'
import type { Answer, RequestOptions } from './send.ts'
import type { TestServer } from './start-server.ts'

export type Claims = Record<string, unknown>

export interface TokenParts {
  readonly header: Record<string, unknown>
  readonly claims: Claims
}

/** What a token says, unverified. */
export function readToken(token: string): TokenParts {
  const [header = '', claims = ''] = token.split('.')
  return { header: decode(header), claims: decode(claims) }
}

export const generationOf = (token: string): unknown => readToken(token).claims.gen

export const sessionIdOf = (token: string): string => String(readToken(token).claims.sid)

/** Verifies as another service would: with the published keys and `node:crypto`, and nothing of the server's. */
export async function verifyOffline(server: TestServer, token: string): Promise<boolean> {
  const { body } = await server.request('GET', '/.well-known/jwks.json')
  const jwk = body.keys.find(({ kid }: { kid: string }) => kid === readToken(token).header.kid)
  if (jwk === undefined) return false
  const [header, claims, signature = ''] = token.split('.')
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const signed = Buffer.from(`${header}.${claims}`)
  return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
}

/** A token signed with the server's own key, taken out of its data file. */
export function signToken(server: TestServer, claims: unknown, header: Record<string, unknown> = {}): string {
  const [row] = server.query<{ id: string; private_key: string }>('SELECT id, private_key FROM signing_keys')
  if (row === undefined) throw new Error('the data file holds no signing key')
  const input = `${encode({ alg: 'ES256', kid: row.id, typ: 'at+jwt', ...header })}.${encode(claims)}`
  const key = createPrivateKey(row.private_key)
  return withLowS(
    `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`,
  )
}

export const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')

const decode = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString())

export const getMe = (server: TestServer, token: string, options: RequestOptions = {}): Promise<Answer> =>
  server.request('GET', '/api/auth/me', { token, ...options })

export const refresh = (server: TestServer, token: string, options: RequestOptions = {}): Promise<Answer> =>
  server.request('POST', '/api/auth/refresh', { token, ...options })

/** Refreshes, and gives the new token; an answer without one is an error here. */
export async function refreshed(server: TestServer, token: string): Promise<string> {
  const answer = await refresh(server, token)
  if (answer.status !== 200) throw new Error(`the refresh was answered ${answer.status}: ${answer.text}`)
  return answer.body.token
}

export interface SessionRow {
  readonly generation: number
  readonly base_generation: number | null
  readonly rotated_at: number
  readonly expires_at: number
  readonly ended_at: number | null
  readonly end_reason: string | null
}

export function sessionRow(server: TestServer, token: string): SessionRow {
  const columns = 'generation, base_generation, rotated_at, expires_at, ended_at, end_reason'
  const [row] = server.query<SessionRow>(`SELECT ${columns} FROM sessions WHERE id = ?`, sessionIdOf(token))
  if (row === undefined) throw new Error('there is no such session')
  return row
}
