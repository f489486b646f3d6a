import { rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { copyDataFile } from '../../db/copy-data-file.ts'
import type { RowCounts } from '../../db/count-rows.ts'
import { errorCode } from '../../db/database-error.ts'
import { openForReading } from '../../db/inspect-file.ts'
import { StartupError } from '../../db/startup-error.ts'
import { findAuditHash } from '../audit/audit-anchor-store.ts'
import type { AuditHead } from '../audit/audit-event.ts'
import { findAuditHead } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { ensureSigningKey } from '../sessions/signing-keys.ts'
import { type Backup, backupName } from './backup.ts'
import { explainFolderError, makePartial, prepareBackupFolder, removeForgottenPartials } from './backup-folder.ts'
import { insertBackup } from './backup-store.ts'
import { giveToOwnerOf, placeUnlessTaken, syncFile } from './durable-files.ts'
import { proveContents, proveFile } from './prove-backup.ts'
import { hashSealed, sealFile } from './seal.ts'

type BackupDeps = Pick<Deps, 'db' | 'now'> & { readonly config: Pick<Deps['config'], 'databaseFile'> }

/** Copies the data file into the folder, proves the copy, and only then gives it a backup's name. */
export async function makeBackup(deps: BackupDeps, folder: string): Promise<Backup> {
  const { db, now, config } = deps
  prepareBackupFolder(folder, config.databaseFile)
  removeForgottenPartials(folder)
  await ensureSigningKey(db, now())
  const startedAt = now()
  const partial = makePartial(folder)
  try {
    const copied = await copyAndProve(deps, partial).catch((error) => {
      if (errorCode(error).startsWith('SQLITE_CORRUPT')) {
        throw new StartupError(`${config.databaseFile} is damaged (${error.message}): restore the last good backup`)
      }
      throw explainFolderError(error, folder)
    })
    const bytes = statSync(partial).size
    giveToOwnerOf(config.databaseFile, partial)
    const file = nameFinished(partial, folder, startedAt)
    const backup = { file, bytes, ...copied, startedAt, provenAt: now() }
    await record(deps, backup)
    return backup
  } finally {
    for (const suffix of ['', '-journal']) rmSync(partial + suffix, { force: true })
  }
}

/** A backup that is not known of is none: rotation and schedule go by what is recorded. */
async function record({ db, config }: BackupDeps, backup: Backup): Promise<void> {
  try {
    await db.transaction().execute(async (trx) => await insertBackup(trx, backup))
  } catch (error) {
    rmSync(backup.file, { force: true })
    throw explainFolderError(error, dirname(config.databaseFile))
  }
}

async function copyAndProve(
  { db, config }: BackupDeps,
  partial: string,
): Promise<Pick<Backup, 'sha256' | 'users' | 'auditHead'>> {
  const headBefore = await findAuditHead(db)
  const rowsAtCopy = copyDataFile(config.databaseFile, partial)
  await sealFile(partial)
  syncFile(partial)
  const { rows } = await proveFile(partial, 'the copy')
  if (rowsAtCopy !== undefined) proveSameRows(rows, rowsAtCopy)
  const copy = openForReading(partial)
  try {
    const auditHead = await proveContents(copy, 'the copy', headBefore)
    await proveInChain(db, auditHead)
    const sha256 = await hashSealed(partial)
    if (sha256 === undefined) throw new StartupError('the copy is not what was written: nothing was kept')
    return { sha256, users: rows.users ?? 0, auditHead }
  } finally {
    await copy.destroy()
  }
}

export function proveSameRows(rows: RowCounts, expected: RowCounts): void {
  const tables = new Set([...Object.keys(rows), ...Object.keys(expected)])
  const different = [...tables].find((table) => rows[table] !== expected[table])
  if (different === undefined) return
  throw new StartupError(
    `the copy has ${rows[different]} rows of ${different}, the data file ${expected[different]}: nothing was kept`,
  )
}

/** Whatever was written meanwhile, the copy ends with an event of the data file's own chain. */
async function proveInChain(db: Deps['db'], head: AuditHead | undefined): Promise<void> {
  if (head === undefined) return
  if ((await findAuditHash(db, head.sequence)) === head.hash) return
  throw new StartupError(
    `the copy ends with audit event ${head.sequence}, which the data file has not: nothing was kept`,
  )
}

function nameFinished(partial: string, folder: string, startedAt: number): string {
  for (let number = 1; ; number += 1) {
    const file = join(folder, backupName(startedAt, number))
    if (placeUnlessTaken(partial, file)) return file
  }
}
