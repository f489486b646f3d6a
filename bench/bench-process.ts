import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

export interface BenchProcess {
  readonly url: string
  /** Seconds of processor time that it has used, in all of its threads. */
  cpuSeconds(): number
  /** Megabytes that it holds in memory now. */
  residentMegabytes(): number
  stop(): void
}

interface Options {
  readonly args: readonly string[]
  readonly port: number
  readonly env: Readonly<Record<string, string>>
  readonly readyPath: string
  readonly command?: string
}

/** Servers run here, the load on the other core. */
const serverCore = 0
const ticksPerSecond = 100
const readyWithinMs = 20_000

/** Starts a server on a core and a port of its own; resolves once it answers. */
export async function startBenchProcess({ args, port, env, readyPath, command }: Options): Promise<BenchProcess> {
  const own = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', PORT: String(port), ...env }
  const program = ['-c', String(serverCore), command ?? process.execPath, ...args]
  const child = spawn('taskset', program, { env: own, stdio: ['ignore', 'ignore', 'inherit'] })
  const url = `http://127.0.0.1:${port}`
  await waitUntilReady(`${url}${readyPath}`, child)
  const { pid } = child
  return {
    url,
    cpuSeconds: () => {
      // proc_pid_stat(5): fields 14 and 15, counted behind the name in brackets, which may hold anything.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
    },
    residentMegabytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: () => void child.kill(),
  }
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  const giveUpAt = Date.now() + readyWithinMs
  while (Date.now() < giveUpAt && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer !== undefined) return
    await delay(50)
  }
  throw new Error(`${url} does not answer`)
}
