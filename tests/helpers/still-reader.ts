import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'
import { findFreePort } from '../../scripts/find-free-port.ts'
import { type Running, type Settings, serverSettings, startProcess } from './processes.ts'
import { send } from './send.ts'
import { temporaryFolder } from './start-server.ts'

export interface UnreadServer extends Running {
  readonly url: string
  /** All that the output's reader finds now and until the pattern has come; it then stands still again. */
  readUntil(pattern: RegExp): Promise<string>
}

/** A server whose standard output goes to a reader who reads nothing until it is told to. */
export async function startUnreadServer(
  t: ExecutionContext,
  file: string,
  { settings = {}, nodeArgs = [] }: { settings?: Settings; nodeArgs?: readonly string[] } = {},
): Promise<UnreadServer> {
  const fifo = join(temporaryFolder(t), 'output')
  execFileSync('mkfifo', [fifo])
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK)
  t.teardown(() => closeSync(reader))
  const port = String(await findFreePort())
  const line = 'output=$1; shift; exec "$@" > "$output"'
  const command = ['sh', fifo, process.execPath, ...nodeArgs, 'server/main.ts']
  const running = startProcess(t, 'sh', ['-c', line, ...command], serverSettings(file, { PORT: port, ...settings }))
  const url = `http://127.0.0.1:${port}`
  await waitUntilReady(running, url)
  const readUntil = async (pattern: RegExp): Promise<string> => {
    const buffer = Buffer.alloc(65_536)
    let text = ''
    while (!pattern.test(text)) {
      const length = readNow(reader, buffer)
      text += buffer.toString('utf8', 0, length)
      if (length === 0) await delay(5)
    }
    return text
  }
  return { ...running, url, readUntil }
}

/** Asks until the server is ready; throws when its process has ended. */
export async function waitUntilReady({ child, stderr }: Running, url: string): Promise<void> {
  const isReady = (): Promise<boolean> =>
    send(url, 'GET', '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    )
  while (!(await isReady())) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended: ${stderr()}`)
    await delay(20)
  }
}

function readNow(reader: number, buffer: Buffer): number {
  try {
    return readSync(reader, buffer)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
    throw error
  }
}
