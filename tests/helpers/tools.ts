import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ExecutionContext } from 'ava'

/** Whether a program is there; where it is not the test is left out, in CI it fails. */
export function hasTool(t: ExecutionContext, name: string): boolean {
  const folders = (process.env.PATH ?? '').split(':')
  const found = [...folders, '/usr/sbin'].some((folder) => existsSync(join(folder, name)))
  if (!found) leaveOut(t, `${basename(name)} is not installed`)
  return found
}

export function leaveOut(t: ExecutionContext, reason: string): void {
  t.log(`left out: ${reason}`)
  t.not(process.env.CI, 'true', reason)
}
