import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Check, error, type Finding, warning } from '../check.ts'

const forOthers = 0o077
const writableByOthers = 0o002
const writableByGroup = 0o020

/** The file holds the signing key; whoever may write its folder can put another file in its place. */
export const fileModes: Check = {
  name: 'file-modes',
  healthy: 'only the owner can read the data file, and nobody else can replace it',
  run(setup) {
    const { databaseFile } = setup.getConfig()
    const findings: Finding[] = []
    setup.getStats(databaseFile)
    // The first one is enough: SQLite makes those beside the data file with its mode.
    const paths = [databaseFile, `${databaseFile}-wal`, `${databaseFile}-shm`].filter((path) => existsSync(path))
    const open = paths.find((path) => (setup.getStats(path).mode & forOthers) !== 0)
    if (open !== undefined) {
      const message = `${open} is open to other users (mode ${toOctal(setup.getStats(open).mode)})`
      findings.push(error(message, `chmod 600 ${paths.join(' ')}`))
    }
    const folder = dirname(databaseFile)
    const { mode } = setup.getStats(folder)
    if ((mode & writableByOthers) !== 0) {
      findings.push(error(`everybody can write in ${folder} (mode ${toOctal(mode)})`, `chmod o-w ${folder}`))
    } else if ((mode & writableByGroup) !== 0) {
      findings.push(warning(`its group can write in ${folder} (mode ${toOctal(mode)})`, `chmod g-w ${folder}`))
    }
    return findings
  },
}

const toOctal = (mode: number): string => (mode & 0o7777).toString(8)
