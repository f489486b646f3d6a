import { countRows, type RowCounts } from './count-rows.ts'
import { openSqlite } from './open-sqlite.ts'

/**
 * Copies the data file as it stands at one moment into an empty file, while others go on writing. Gives the rows that
 * each table had then, or undefined when somebody wrote meanwhile, so that nobody can say.
 */
export function copyDataFile(file: string, emptyFile: string): RowCounts | undefined {
  const handle = openSqlite(file, { readonly: true, fileMustExist: true, timeout: 5000 })
  // Changes with every commit of any other connection.
  const readVersion = (): unknown => handle.pragma('data_version', { simple: true })
  try {
    const version = readVersion()
    const rows = countRows(handle)
    handle.prepare('VACUUM INTO ?').run(emptyFile)
    return readVersion() === version ? rows : undefined
  } finally {
    handle.close()
  }
}
