import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** What the server says of itself when it is ready. */
export interface Hello {
  readonly url: string
  readonly issuer: string
  readonly audience: string
}

export interface ServerProcess {
  readonly hello: Hello
  /** Sends an order and waits for its answer. @throws Error when it cannot be followed, or the server has ended */
  order(order: object): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>
interface Waiting {
  readonly resolve: (answer: Record<string, unknown>) => void
  readonly reject: (error: Error) => void
}

// Not the rest of the environment: PORT or DATABASE_URL there are the application's own.
const inherited = ['PATH', 'HOME', 'TMPDIR', 'HTTPS_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS']
const LONGEST_COMPLAINT = 4_000

/** Starts `npm run test-server` in a checkout, which brings the right Node. It ends when this process does. */
export async function startServerProcess(
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const environment = Object.fromEntries(inherited.map((name) => [name, process.env[name]]))
  const child: Child = spawn('npm', ['run', '--silent', 'test-server'], {
    cwd: folder,
    env: { ...environment, ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = endOf(child)
  // Without a listener, writing to a server that has just ended would end this process.
  child.stdin.on('error', () => undefined)
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([once(lines, 'line'), ended.then((error) => Promise.reject(error))])
  const hello: Hello = JSON.parse(line)
  const waiting = new Map<number, Waiting>()
  lines.on('line', (text) => settle(waiting, JSON.parse(text)))
  let count = 0
  const order = async (fields: object) => {
    count += 1
    const id = count
    const answer = new Promise<Record<string, unknown>>((resolve, reject) => waiting.set(id, { resolve, reject }))
    child.stdin.write(`${JSON.stringify({ id, ...fields })}\n`)
    return await Promise.race([answer, ended.then((error) => Promise.reject(error))])
  }
  const stop = async () => {
    child.stdin.end()
    await ended
  }
  return { hello, order, stop }
}

function settle(waiting: Map<number, Waiting>, answer: Record<string, unknown>): void {
  const id = Number(answer.id)
  const { resolve, reject } = waiting.get(id) ?? {}
  waiting.delete(id)
  if (answer.error === undefined) resolve?.(answer)
  else reject?.(new Error(`The server did not follow the order: ${answer.error}`))
}

/** Resolves when the server has ended, with the error that this is to whoever still wants something of it. */
async function endOf(child: Child): Promise<Error> {
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaint = `${complaint}${text}`.slice(-LONGEST_COMPLAINT)
  })
  return await new Promise((resolve) => {
    child.on('error', (cause) => resolve(new Error('The server could not be started: is npm there?', { cause })))
    child.on('close', () => resolve(new Error(`The server has ended. ${complaint}`.trim())))
  })
}
