import type { Answer } from './test-server.ts'

export const alice = { id: '0198-alice', username: 'alice', displayName: 'Alice', avatarUrl: null, isBot: false }

export function ok(body: unknown): Answer {
  return { status: 200, body }
}

export const noContent: Answer = { status: 204 }

export function problem(status: number, code: string, more: object = {}, headers: Record<string, string> = {}): Answer {
  const body = { type: 'about:blank', title: 'A problem', status, detail: 'Do this.', code, requestId: 'r1', ...more }
  return { status, body, headers: { 'Content-Type': 'application/problem+json', ...headers } }
}
