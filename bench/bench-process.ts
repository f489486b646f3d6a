import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { serverCore } from './load/cores.ts'

/** Whether a server has a core to itself, with the load on the other, or all of them, where hashes take all that there is. */
export type Cores = 'one' | 'all'

export interface BenchProcess {
  readonly url: string
  /** Seconds of processor time that it has used, in all of its threads. */
  cpuSeconds(): number
  /** Megabytes that it holds in memory now. */
  residentMegabytes(): number
  stop(): Promise<void>
}

interface Options {
  readonly args: readonly string[]
  readonly port: number
  readonly env?: Readonly<Record<string, string>>
  readonly readyPath: string
  readonly command?: string
  readonly cores: Cores
  /** Seconds that it may take to its first answer. */
  readonly readyWithin?: number
}

const ticksPerSecond = 100
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a server on a port of its own; resolves once it answers. It ends with this process. */
export async function startBenchProcess({ args, port, env, readyPath, command, cores, readyWithin = 20 }: Options) {
  const own = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', PORT: String(port), ...env }
  const program = [command ?? process.execPath, ...args]
  const pinned = cores === 'one' ? ['taskset', '-c', String(serverCore), ...program] : program
  const child = spawn(pinned[0] as string, pinned.slice(1), { env: own, stdio: ['ignore', 'ignore', 'inherit'] })
  running.add(child)
  const ended = once(child, 'exit').then(() => running.delete(child))
  const url = `http://127.0.0.1:${port}`
  await waitUntilReady(`${url}${readyPath}`, child, readyWithin * 1000)
  const { pid } = child
  const server: BenchProcess = {
    url,
    cpuSeconds: () => {
      // proc_pid_stat(5): fields 14 and 15, counted behind the name in brackets, which may hold anything.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
    },
    residentMegabytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: async () => {
      child.kill()
      await ended
    },
  }
  return server
}

/** Runs a script to its end, on the servers' core or on all, and gives the JSON that it prints. */
export function runScript<T>(script: string, args: readonly string[], cores: Cores): T {
  const program = [process.execPath, script, ...args]
  const pinned = cores === 'one' ? ['taskset', '-c', String(serverCore), ...program] : program
  const options = {
    maxBuffer: 2 ** 28,
    encoding: 'utf8' as const,
    stdio: ['ignore' as const, 'pipe' as const, 'inherit' as const],
  }
  return JSON.parse(execFileSync(pinned[0] as string, pinned.slice(1), options))
}

async function waitUntilReady(url: string, child: ChildProcess, withinMs: number): Promise<void> {
  const giveUpAt = Date.now() + withinMs
  while (Date.now() < giveUpAt && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer !== undefined) return
    await delay(20)
  }
  throw new Error(`${url} does not answer`)
}
