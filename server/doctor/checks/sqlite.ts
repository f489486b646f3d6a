import { type Check, error } from '../check.ts'

const oldest = '3.51.3'

/** Older ones can damage a file in WAL mode when two connections write at a bad moment (sqlite.org/wal.html#walresetbug). */
export const sqlite: Check = {
  name: 'sqlite',
  healthy: `SQLite is ${oldest} or newer`,
  run({ sqliteVersion }) {
    if (compareVersions(sqliteVersion, oldest) >= 0) return []
    const message = `SQLite is ${sqliteVersion}, and those before ${oldest} can damage a data file`
    return [error(message, 'install Guestlist anew, with the packages that it names')]
  },
}

function compareVersions(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}
