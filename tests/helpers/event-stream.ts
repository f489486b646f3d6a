import type { TestServer } from './start-server.ts'

/** Opens the stream of presence; gives what ends when the server ends it. */
export async function openStream(server: TestServer, token: string): Promise<{ ended: Promise<unknown> }> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${server.url}/api/auth/presence/stream`, { headers })
  if (response.status !== 200) throw new Error(`the stream was answered ${response.status}`)
  return { ended: response.text() }
}
