import { accessSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { isSea } from 'node:sea'
import { isatty } from 'node:tty'
import type { Logger } from 'pino'
import { CommitOutcomeUnknown } from '../db/commit-outcome.ts'
import { errorCode, isBusy, isDatabaseUnavailable } from '../db/database-error.ts'
import { StartupError } from '../db/startup-error.ts'
import type { OutputPlace } from './log-output.ts'

const usualOpenFiles = 4096

/** EX_TEMPFAIL of sysexits(3): another process holds the data file, so nothing was done. */
const tryAgainExitCode = 75

/** EX_IOERR of sysexits(3): the disk failed. */
const ioErrorExitCode = 74

/** How wide the terminal is that a person reads our output on; undefined where none does. */
export const terminalColumns = (): number | undefined =>
  process.stdout.isTTY ? process.stdout.columns || 80 : undefined

/** Whether this process may give files to other users. */
export const isRoot: boolean = process.geteuid?.() === 0

/** How many files this process may have open: Node raises it as far as it may; where it cannot be read, what is usual. */
export const openFiles: number = readOpenFiles()

function readOpenFiles(): number {
  try {
    const [, soft = ''] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return Number(soft) || usualOpenFiles
  } catch {
    return usualOpenFiles
  }
}

/** The number of this process. */
export const processId: number = process.pid

/** Our own environment for such a process, with these settings instead of ours; undefined unsets one. */
export const environmentWith = (settings: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...settings,
})

/** One signal often comes twice: a terminal and systemd send it to npm and to us, and npm passes its own on. */
const sameSignalMs = 1000

/** SIGTERM and SIGINT drain, then exit 0; one that comes later does not wait. */
export function stopOnSignals(stop: () => Promise<void>, signals: NodeJS.Signals[] = ['SIGTERM', 'SIGINT']): void {
  let stoppingSince: number | undefined
  const onSignal = (): void => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > sameSignalMs) process.exit(1)
      return
    }
    stoppingSince = performance.now()
    stop().then(
      () => process.exit(0),
      (error) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  for (const signal of signals) process.on(signal, onSignal)
}

/** Ends the process because the disk failed, so that whoever looks after it starts it again. */
export async function endBrokenServer(stop: () => Promise<void>): Promise<never> {
  await stop().catch((error) => console.error(error))
  process.exit(ioErrorExitCode)
}

/** One clear line for what the operator can mend, and the stack for what only a developer can. */
export function exitOnStartupError(error: unknown): never {
  if (error instanceof StartupError) {
    console.error(`guestlist: ${error.message}`)
    process.exit(error.isTemporary ? tryAgainExitCode : 1)
  }
  if (error instanceof CommitOutcomeUnknown) {
    console.error(
      `guestlist: the disk failed at the last moment (${error.code}), and it is not known whether this was done: look before you do it again`,
    )
    process.exit(ioErrorExitCode)
  }
  if (isBusy(error)) {
    console.error(
      `guestlist: the data file cannot be used just now (${errorCode(error)}): is another command writing to it?`,
    )
    process.exit(tryAgainExitCode)
  } else if (isDatabaseUnavailable(error)) {
    console.error(`guestlist: the data file cannot be used (${errorCode(error)}): see to its disk, folder and modes`)
  } else console.error(error)
  process.exit(1)
}

/** Standard output as a place that never makes the event loop wait. */
export function standardOutput(): OutputPlace {
  const descriptor = 1
  if (isatty(descriptor)) return { descriptor: openTerminal() ?? descriptor, mayWait: false }
  const stats = fstatSync(descriptor)
  const isStream = stats.isFIFO() || stats.isSocket()
  // Node makes pipes and sockets non-blocking once it looks at them.
  if (isStream) void process.stdout
  return { descriptor, mayWait: !isStream }
}

/** Ours alone, so that it can be non-blocking: a terminal on which somebody has pressed Ctrl-S stands still. */
function openTerminal(): number | undefined {
  try {
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return undefined
  }
}

/** Runs at the end of the process, whatever ends it but a signal that cannot be caught; nothing can be waited for then. */
export const atExit = (act: () => void): void => void process.on('exit', act)

/** A server goes on when nobody takes what it prints, unlike a command. */
export function keepWithoutOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error').on('error', () => {})
}

/** What Node itself has to say goes to the log, and what nobody has caught ends the process with a line there. */
export function logWhatNodeSays(log: Logger): void {
  process.removeAllListeners('warning').on('warning', (err) => log.warn({ err }, 'Node.js warns'))
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'the server ends: this should not have happened')
    process.exit(1)
  })
}

/** The command and the first arguments that start this same tool again, as a child process: `guestlist …`. */
export function ownCommand(): [command: string, args: string[]] {
  if (isSea()) return [ownProgram(process.execPath), []]
  return [process.execPath, [join(import.meta.dirname, '..', 'scripts', 'guestlist.ts')]]
}

/** Where there is no /proc, Node knows its program only as it was called: by a relative path, or a name on the PATH. */
function ownProgram(called: string): string {
  if (isAbsolute(called)) return called
  if (called.includes('/')) return resolve(called)
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => resolve(folder, called)).find(isExecutable) ?? called
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** How long processors have worked for this process, on all its threads. */
export function usedCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
