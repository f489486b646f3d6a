import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'
import SqliteDatabase from 'better-sqlite3'
import { openDatabase } from '../../db/open-database.ts'
import { createAmbience } from '../../server/ambience.ts'
import { insertAuditEvent } from '../../server/audit/audit-store.ts'
import type { Backup } from '../../server/backups/backup.ts'
import { makeBackup } from '../../server/backups/make-backup.ts'
import { type Restored, type RestoreOptions, restoreBackup } from '../../server/backups/restore-backup.ts'
import { addPerson } from './add-person.ts'
import { createClock, startServer, temporaryFolder } from './start-server.ts'

/** A data file of a server that has stopped, with these people, each signed in, and an invite for 5. */
export async function fillDataFile(t: ExecutionContext, people: readonly string[] = ['alice']): Promise<string> {
  const folder = join(temporaryFolder(t), 'data')
  mkdirSync(folder, { mode: 0o700 })
  const server = await startServer(t, { file: join(folder, 'guestlist.db'), clock: createClock(Date.now()) })
  const { deps } = server.auth
  for (const username of people) {
    const { user } = await addPerson(server, username)
    const event = { event: 'account.registered', userId: user.id } as const
    await deps.db.transaction().execute(async (trx) => await insertAuditEvent(trx, deps, event))
  }
  await server.mintInvite(5, { code: 'ABC-123' })
  await server.stop()
  return server.file
}

/** A backup as the command makes it, in this process: quicker where the command is not the point. */
export async function backUp(file: string, folder = join(dirname(file), 'backups')): Promise<Backup> {
  const db = openDatabase(file)
  try {
    return await makeBackup({ db, now: Date.now, config: { databaseFile: file } }, folder)
  } finally {
    await db.destroy()
  }
}

/** A restore as the command does it, in this process. */
export async function restore(
  file: string,
  source: string,
  options: Partial<RestoreOptions> = {},
): Promise<Restored & { readonly kept: string }> {
  const deps = {
    ...createAmbience(),
    config: { databaseFile: file, allowNetworkFileSystem: false, keyEncryptionKey: undefined },
  }
  const restored = await restoreBackup(deps, source, { keepInvites: false, ...options })
  return { ...restored, kept: restored.kept ?? '' }
}

/** What lies in a file that no process has open; nothing is changed in it. */
export function lookInto<Row = Record<string, unknown>>(file: string, sql: string): Row[] {
  const handle = new SqliteDatabase(file, { fileMustExist: true })
  try {
    return handle.prepare(sql).all() as Row[]
  } finally {
    handle.close()
  }
}

/** Changes a file as somebody would who does not care for what guards it. */
export function tamper(file: string, sql: string): void {
  const handle = new SqliteDatabase(file, { fileMustExist: true })
  try {
    handle.pragma('foreign_keys = OFF')
    handle.exec(sql)
  } finally {
    handle.close()
  }
}

/** The same backup without the seal at its end, as any other tool would have made it. */
export function unseal(backup: string): void {
  truncateSync(backup, statSync(backup).size - 48)
}

/** Writes bytes over those of a file. */
export function overwrite(file: string, position: number, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, bytes, 0, bytes.length, position)
  closeSync(descriptor)
}

/** Where the first page of a table begins in the file. */
export function firstPageOf(file: string, table: string): number {
  const [row] = lookInto<{ rootpage: number }>(file, `SELECT rootpage FROM sqlite_schema WHERE name = '${table}'`)
  return ((row?.rootpage ?? 0) - 1) * 4096
}

export const usernames = (file: string): unknown[] =>
  lookInto(file, 'SELECT username FROM users ORDER BY username').map(({ username }) => username)

export const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8)

/** Every file in a folder with its bytes, to see that nothing has changed. */
export const contentsOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, readFileSync(join(folder, name), 'base64')]),
  )

export const namesBeside = (file: string): string[] => readdirSync(dirname(file)).sort()
