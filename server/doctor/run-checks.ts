import { errorCode, isDatabaseUnavailable } from '../../db/database-error.ts'
import { type Check, NotChecked } from './check.ts'
import { checks } from './checks.ts'
import type { Setup } from './setup.ts'

/** What is said of a check: one line for each finding, or one that there is none, or why it could not be looked at. */
export interface Report {
  readonly check: string
  readonly status: 'ok' | 'warning' | 'error' | 'skipped'
  readonly message: string
  readonly action?: string
}

export async function runChecks(setup: Setup): Promise<Report[]> {
  const reports: Report[] = []
  for (const check of checks) reports.push(...(await runCheck(check, setup)))
  return reports
}

async function runCheck({ name, healthy, run }: Check, setup: Setup): Promise<Report[]> {
  try {
    const findings = await run(setup)
    if (typeof findings === 'string') return [{ check: name, status: 'ok', message: findings }]
    if (findings.length === 0) return [{ check: name, status: 'ok', message: healthy }]
    return findings.map((finding) => ({ check: name, ...finding }))
  } catch (error) {
    if (error instanceof NotChecked) return [{ check: name, status: 'skipped', message: error.message }]
    // A broken file breaks in ways that no check knows; what its error says may hold a secret of the file.
    const reason = errorCode(error) || (error as Error).name
    const message = isDatabaseUnavailable(error)
      ? `the data file cannot be read (${reason})`
      : `the data file holds what cannot be (${reason})`
    return [{ check: name, status: 'error', message, action: 'see what the other checks say, or restore a backup' }]
  }
}
