import { statSync } from 'node:fs'
import { findLastBackup } from '../../backups/backup-store.ts'
import { day, hour } from '../../durations.ts'
import { type Check, error, type Finding, warning } from '../check.ts'

/** Without a schedule nobody has said how old it may be. */
const oldAfterMs = 7 * day

export const backups: Check = {
  name: 'backups',
  healthy: 'the last backup was proven lately, and is where it was made',
  async run(setup) {
    const { backupEveryMs } = setup.getConfig()
    const last = await findLastBackup(await setup.getMigratedDatabase())
    if (last === undefined) {
      return [warning('there has never been a backup that was proven', 'set BACKUP_EVERY=1d, or run guestlist backup')]
    }
    const findings: Finding[] = []
    const ageMs = setup.now() - last.provenAt
    if (backupEveryMs !== undefined && ageMs > 2 * backupEveryMs + hour) {
      const message = `the last proven backup is ${toAge(ageMs)} old, and BACKUP_EVERY asks for more`
      findings.push(error(message, 'see why in the log: "backup failed"; without a server none is made'))
    } else if (ageMs > Math.max(oldAfterMs, 2 * (backupEveryMs ?? 0))) {
      findings.push(
        warning(`the last proven backup is ${toAge(ageMs)} old`, 'set BACKUP_EVERY=1d, or run guestlist backup'),
      )
    }
    if (statSync(last.file, { throwIfNoEntry: false })?.size !== last.bytes) {
      const message = `${last.file} is not there any more, as it was proven`
      findings.push(warning(message, 'look for it where you keep backups, or make another'))
    }
    return findings.length > 0 ? findings : `the last backup was proven ${toAge(ageMs)} ago`
  },
}

const toAge = (ms: number): string =>
  ms >= 2 * day ? `${Math.floor(ms / day)} days` : `${Math.max(0, Math.floor(ms / hour))} hours`
