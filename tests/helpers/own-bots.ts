import type { Answer } from './send.ts'
import type { TestServer } from './start-server.ts'

interface OwnBot {
  readonly token: string
  readonly bot: { readonly id: string; readonly username: string }
}

/** Asks for a bot of one's own as it was typed: any body. */
export const askForBot = (server: TestServer, token: string, body: unknown): Promise<Answer> =>
  server.request('POST', '/api/auth/bots', { token, body })

export async function createOwnBot(
  server: TestServer,
  token: string,
  fields: Record<string, unknown> = {},
): Promise<OwnBot> {
  const answer = await askForBot(server, token, { username: 'helper', ...fields })
  if (answer.status !== 201) throw new Error(`the bot was answered ${answer.status}: ${answer.text}`)
  return answer.body
}

export const listOwnBots = (server: TestServer, token: string): Promise<Answer> =>
  server.request('GET', '/api/auth/bots', { token })

export const renewToken = (server: TestServer, token: string, id: string, body?: unknown): Promise<Answer> =>
  server.request('POST', `/api/auth/bots/${id}/token`, { token, body })

export const deleteOwnBot = (server: TestServer, token: string, id: string): Promise<Answer> =>
  server.request('DELETE', `/api/auth/bots/${id}`, { token })
