import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'
import { type Running, type Settings, startProcess } from './processes.ts'
import { leaveOut } from './tools.ts'

const clearingMs = 5000

interface MemoryCgroup {
  /** Starts a program that may take no more memory than the cgroup has. */
  start(command: string, args: readonly string[], settings?: Settings): Running
  /** How often the kernel ended a process because it had none left. */
  readonly kills: () => number
}

/** A cgroup of version 1 or 2 with so much memory and no swap; undefined where this machine lets us make none. */
export function makeMemoryCgroup(t: ExecutionContext, bytes: number): MemoryCgroup | undefined {
  const root = ['/sys/fs/cgroup/memory', '/sys/fs/cgroup'].find((folder) => existsSync(join(folder, 'cgroup.procs')))
  const folder = join(root ?? '/sys/fs/cgroup', `guestlist-test-${process.pid}-${bytes}`)
  try {
    mkdirSync(folder)
    t.teardown(() => clear(folder))
    const isFirst = existsSync(join(folder, 'memory.limit_in_bytes'))
    writeFileSync(join(folder, isFirst ? 'memory.limit_in_bytes' : 'memory.max'), String(bytes))
    const events = isFirst ? 'memory.oom_control' : 'memory.events'
    return {
      start: (command, args, settings) => {
        const line = 'echo $$ > "$0" && exec "$@"'
        return startProcess(t, 'sh', ['-c', line, join(folder, 'cgroup.procs'), command, ...args], settings)
      },
      kills: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(join(folder, events), 'utf8'))?.[1]),
    }
  } catch (error) {
    leaveOut(t, `this machine lets nobody make a cgroup with a limit of memory: ${(error as Error).message}`)
    return undefined
  }
}

/** It can go once the processes in it have ended. */
async function clear(folder: string): Promise<void> {
  for (const giveUpAt = performance.now() + clearingMs; performance.now() < giveUpAt; await delay(20)) {
    try {
      return rmdirSync(folder)
    } catch {}
  }
}
