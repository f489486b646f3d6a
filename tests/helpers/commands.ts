import type { ExecutionContext } from 'ava'
import { type Ended, type Settings, startScript } from './processes.ts'
import type { TestServer } from './start-server.ts'

/** Runs a command of the tool on a data file, to its end. */
export function runCommand(
  t: ExecutionContext,
  file: string,
  args: readonly string[],
  settings: Settings = {},
): Promise<Ended> {
  return startScript(t, 'scripts/guestlist.ts', args, { DATABASE_URL: `file:${file}`, ...settings }).ended
}

/** The same on the data file of a server that runs, which has noticed by then what the command did. */
export async function runBeside(
  t: ExecutionContext,
  server: TestServer,
  args: readonly string[],
  settings: Settings = {},
): Promise<Ended> {
  const ended = await runCommand(t, server.file, args, settings)
  await server.auth.beat()
  return ended
}

export interface PrintedInvite {
  readonly code: string
  readonly url: string | null
  readonly maxUses: number | null
  readonly expiresAt: string | null
}

/** Mints with `--json`: what was printed on stdout, which must be JSON and nothing else. */
export async function seedJson(
  t: ExecutionContext,
  file: string,
  args: readonly string[] = [],
  settings: Settings = {},
): Promise<PrintedInvite[]> {
  const { code, stdout, stderr } = await runCommand(t, file, ['invites', 'mint', '--json', ...args], settings)
  t.is(code, 0, stderr)
  return JSON.parse(stdout)
}

/** The command failed with one line that says why, and wrote nothing on stdout. */
export function assertFailure(t: ExecutionContext, ended: Ended, reason: RegExp, code = 1): void {
  t.is(ended.code, code)
  t.is(ended.stdout, '')
  t.regex(ended.stderr, /^guestlist: /)
  t.regex(ended.stderr, reason)
  t.notRegex(ended.stderr, /\n\s+at |node:internal/, 'no stack')
}
