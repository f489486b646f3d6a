import { createInterface } from 'node:readline'
import type { ExecutionContext } from 'ava'
import { startScript } from './processes.ts'

/** The server for applications' own tests, in a process of its own, which follows orders. */
export async function startTestServer(t: ExecutionContext, settings: Record<string, string> = {}) {
  const running = startScript(t, 'scripts/test-server.ts', [], settings)
  const { stdin, stdout } = running.child
  if (stdin === null || stdout === null) throw new Error('the streams are pipes')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const readLine = async () => JSON.parse((await lines.next()).value ?? 'null')
  const { url, ...rest } = await readLine()
  const order = async (line: unknown) => {
    stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
    return await readLine()
  }
  return { ...running, stdin, url: url as string, rest, order }
}
