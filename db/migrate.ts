import type { Database as SqliteHandle } from 'better-sqlite3'
import { firstSchema } from './migrations/0001-first-schema.ts'
import { chainAuditEvents } from './migrations/0002-audit-chain.ts'
import { bots } from './migrations/0003-bots.ts'
import { backupRecords } from './migrations/0004-backups.ts'
import { lifeOfAnAccount } from './migrations/0005-life-of-an-account.ts'
import { oauthFlows } from './migrations/0006-oauth-flows.ts'
import { whatTheServerSaw } from './migrations/0007-what-the-server-saw.ts'
import { guardChecksOverNull } from './migrations/0008-checks-over-null.ts'
import { failuresAlike } from './migrations/0009-failures-alike.ts'
import { outbox } from './migrations/0010-outbox.ts'
import { openedBy } from './migrations/0011-opened-by.ts'
import { knownNetworks } from './migrations/0012-known-networks.ts'
import { lowS } from './migrations/0013-low-s.ts'
import { StartupError } from './startup-error.ts'

/** `PRAGMA application_id` of a Guestlist data file: "GLst" in ASCII. */
export const applicationId = 0x474c7374

/** Each step whole in one transaction; a step that has been released is never edited. */
const migrations: Record<number, (handle: SqliteHandle) => void> = {
  1: (handle) => handle.exec(firstSchema),
  2: chainAuditEvents,
  3: (handle) => handle.exec(bots),
  4: (handle) => handle.exec(backupRecords),
  5: (handle) => handle.exec(lifeOfAnAccount),
  6: (handle) => handle.exec(oauthFlows),
  7: (handle) => handle.exec(whatTheServerSaw),
  8: guardChecksOverNull,
  9: (handle) => handle.exec(failuresAlike),
  10: (handle) => handle.exec(outbox),
  11: (handle) => handle.exec(openedBy),
  12: (handle) => handle.exec(knownNetworks),
  13: (handle) => handle.exec(lowS),
}

export const newestVersion = Math.max(...Object.keys(migrations).map(Number))

const readPragma = (handle: SqliteHandle, name: string): number => handle.pragma(name, { simple: true }) as number

/** Throws when the file is another program's or of a newer version; reads only. */
export function refuseUnusable(handle: SqliteHandle): void {
  refuseForeignFile(handle)
  refuseNewerSchema(handle, readPragma(handle, 'user_version'))
}

/** For whom nothing to read is the wrong file, not one with nobody in it. */
export function refuseEmpty(handle: SqliteHandle): void {
  if (readPragma(handle, 'user_version') > 0) return
  throw new StartupError(
    `${handle.name} is empty, with no tables of Guestlist: is DATABASE_URL the one that the server runs with?`,
  )
}

function refuseForeignFile(handle: SqliteHandle): void {
  // Looked at first: another process may be making the schema, which comes together with the application id.
  const isEmpty = handle.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0
  if (readPragma(handle, 'application_id') !== applicationId && !isEmpty) {
    throw new StartupError(`${handle.name} is not a Guestlist data file: point DATABASE_URL at another file`)
  }
}

function refuseNewerSchema(handle: SqliteHandle, version: number): void {
  if (version > newestVersion) {
    throw new StartupError(
      `${handle.name} was written by a newer Guestlist (schema ${version}, this one knows ${newestVersion}): ` +
        'start that version, or restore an older backup',
    )
  }
}

/**
 * Brings the schema up to date. Safe for several processes at once: the version is read again after the write lock
 * is held, so each step runs exactly once.
 */
export function migrate(handle: SqliteHandle): void {
  const migrateOnce = handle.transaction((): boolean => {
    refuseUnusable(handle)
    const version = readPragma(handle, 'user_version')
    const step = migrations[version + 1]
    if (step === undefined) return false
    step(handle)
    handle.pragma(`application_id = ${applicationId}`)
    handle.pragma(`user_version = ${version + 1}`)
    return true
  })
  const isCurrent = (): boolean =>
    readPragma(handle, 'user_version') === newestVersion && readPragma(handle, 'application_id') === applicationId
  while (!isCurrent() && migrateOnce.immediate()) {
    // one step a transaction
  }
}
