import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The server as `npm start` starts it, which ends in `exec node …`, in a process of its own. */
export interface ServerProcess {
  readonly url: string
  /** Everything that it has written so far, to standard output and standard error. */
  output(): string
  /** As a power cut would end it: nothing more is written, nothing more is answered. */
  kill(): Promise<void>
  /** Lets it end in order; gives its exit code. */
  stop(): Promise<number | null>
}

interface Start {
  /** The checkout. */
  readonly root: string
  readonly file: string
  /** Holds the process for as long as it runs. */
  readonly running: Set<ChildProcess>
  /** Beside those that every trial has, or instead of them. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Starts the server on a free port of this machine; resolves when it is ready. */
export async function startServerProcess({ root, file, running, settings }: Start): Promise<ServerProcess> {
  const child = spawn(process.execPath, startArguments(root), {
    cwd: root,
    env: environment({
      PORT: '0',
      PUBLIC_URL: 'http://localhost:3000',
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'trace',
      DATABASE_URL: `file:${file}`,
      ...settings,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const ended = once(child, 'close').finally(() => running.delete(child))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await ended
  }
  return {
    url: await findAddress(child, ended, () => output),
    output: () => output,
    kill: async () => await end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM')
      return child.exitCode
    },
  }
}

/** What stands behind `exec node` in package.json. */
function startArguments(root: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return String(scripts.start)
    .replace(/^exec node /, '')
    .split(' ')
}

/** Half of what a start takes is reading TypeScript, and there are many. */
const compileCache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'node-compile')

/** None of our own settings, which may name a data file that is in use. */
export const environment = (settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_COMPILE_CACHE: compileCache,
  ...settings,
})

async function findAddress(child: ChildProcess, ended: Promise<unknown>, output: () => string): Promise<string> {
  for (;;) {
    const [, address] = /^Address: +(\S+).*\n/m.exec(output()) ?? []
    if (address !== undefined) return address
    const isMore = await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, 'data').then(() => true),
      ended.then(() => false),
    ])
    if (!isMore) throw new Error(`the server did not start: ${output().trim().slice(-500)}`)
  }
}
