import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { type Answer, type RequestOptions, send } from './send.ts'
import { projectFolder } from './source-files.ts'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves with the first match on stdout, from the start; rejects when the process ends without one. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>
}

export type Settings = Readonly<Record<string, string>>

/** Half of what starting one of our scripts takes is reading TypeScript. */
const compileCache = join(projectFolder, 'node_modules', '.cache', 'node-compile')

/** Starts a program with these settings and none of ours; it is killed when the test ends. */
export function startProcess(
  t: ExecutionContext,
  command: string,
  args: readonly string[],
  settings: Settings = {},
  isGroup = false,
): Running {
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter)
  const env = { PATH: path, HOME: process.env.HOME, NODE_COMPILE_CACHE: compileCache, ...settings }
  const child = spawn(command, args, { cwd: projectFolder, env, detached: isGroup, stdio: 'pipe' })
  t.teardown(() => child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, stdout, stderr }))
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  return {
    child,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    waitFor: async (pattern) => {
      for (;;) {
        const match = pattern.exec(stdout)
        if (match !== null) return match
        const more = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)])
        if (!more && !pattern.test(stdout)) throw new Error(`ended without ${pattern}: ${stdout}\n${stderr}`)
      }
    },
  }
}

const answerCheck = join(projectFolder, 'tests', 'helpers', 'check-answers-of-process.ts')

const servers = ['server/main.ts', 'scripts/test-server.ts']
const serverCommands = ['serve', 'dev']

/** Starts a script of this project with the Node that runs the tests; what it answers is held against the document. */
export function startScript(
  t: ExecutionContext,
  script: string,
  args: readonly string[] = [],
  settings: Settings = {},
): Running {
  const check = servers.includes(script) || serverCommands.includes(args[0] ?? '') ? ['--import', answerCheck] : []
  return startProcess(t, process.execPath, [...check, join(projectFolder, script), ...args], settings)
}

export interface ServerProcess extends Running {
  readonly url: string
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>
}

/** The real server in a process of its own on a free port, once it is ready. */
export async function startServerProcess(
  t: ExecutionContext,
  file: string,
  settings: Settings = {},
): Promise<ServerProcess> {
  const running = startScript(t, 'server/main.ts', [], serverSettings(file, settings))
  const [, url = ''] = await running.waitFor(/"address":"([^"]+)"/)
  return { ...running, url, request: (method, path, options) => send(url, method, path, options) }
}

export const serverSettings = (file: string, settings: Settings = {}): Settings => ({
  PORT: '0',
  PUBLIC_URL: 'http://localhost:3000',
  DATABASE_URL: `file:${file}`,
  RATE_LIMITS: 'off',
  ...settings,
})
