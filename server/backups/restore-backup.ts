import { dirname } from 'node:path'
import { newestVersion } from '../../db/migrate.ts'
import { openDatabase } from '../../db/open-database.ts'
import { StartupError } from '../../db/startup-error.ts'
import type { Deps } from '../deps.ts'
import { explainFolderError } from './backup-folder.ts'
import { syncFile } from './durable-files.ts'
import { proveContents, proveFile } from './prove-backup.ts'
import { type Renewal, renewRestored } from './renew-restored.ts'
import { type HeldDataFile, holdDataFile } from './replace-data-file.ts'
import { checkSource, refuseInUse } from './restore-source.ts'
import { copyUnsealed } from './seal.ts'

export interface Restored extends Renewal {
  readonly file: string
  /** Where the file lies that was replaced. */
  readonly kept: string | undefined
  readonly madeAt: number
  readonly users: number
  /** The schema that it had; undefined when that is the present one. */
  readonly migratedFrom: number | undefined
}

export interface RestoreOptions {
  readonly keepInvites: boolean
  readonly onStep?: ((step: RestoreStep) => void) | undefined
}

export type RestoreStep = 'locked' | 'copied' | 'proven' | 'renewed' | 'kept' | 'replaced'

type RestoreDeps = Pick<Deps, 'now' | 'newId'> & {
  readonly config: Pick<Deps['config'], 'databaseFile' | 'allowNetworkFileSystem' | 'keyEncryptionKey'>
}

/**
 * Puts a backup in the place of the data file, which no process may have open. All that takes long happens to a copy
 * beside it; at every moment the path names the old file or the new one, whole.
 */
export async function restoreBackup(deps: RestoreDeps, named: string, options: RestoreOptions): Promise<Restored> {
  const { now, config } = deps
  const onStep = options.onStep ?? (() => {})
  const { path: source, madeAt } = checkSource(named, config.databaseFile)
  const held = hold(config.databaseFile, source)
  try {
    onStep('locked')
    const prepared = await prepare(deps, source, held, { ...options, onStep })
    const kept = held.keep(now())
    onStep('kept')
    held.replace()
    onStep('replaced')
    return { file: held.file, kept, madeAt, ...prepared }
  } catch (error) {
    throw explainFolderError(error, dirname(held.file))
  } finally {
    held.release()
  }
}

function hold(databaseFile: string, source: string): HeldDataFile {
  try {
    return holdDataFile(databaseFile, source)
  } catch (error) {
    throw explainFolderError(error, dirname(databaseFile))
  }
}

async function prepare(
  deps: RestoreDeps,
  source: string,
  { temporary }: HeldDataFile,
  { keepInvites, onStep = () => {} }: RestoreOptions,
): Promise<Omit<Restored, 'file' | 'kept' | 'madeAt'>> {
  const isIntact = await copyUnsealed(source, temporary)
  refuseInUse(source)
  if (!isIntact) throw new StartupError(`${source} was changed after it was made: take another backup`)
  onStep('copied')
  const { schemaVersion, rows } = await proveFile(temporary, source)
  const users = rows.users ?? 0
  const db = openDatabase(temporary, deps.config)
  try {
    await proveContents(db, source)
    onStep('proven')
    const renewal = await db
      .transaction()
      .execute(async (trx) => await renewRestored(trx, deps, { users, keepInvites }))
    await db.destroy()
    syncFile(temporary)
    await proveFile(temporary, source)
    onStep('renewed')
    return { ...renewal, users, migratedFrom: schemaVersion === newestVersion ? undefined : schemaVersion }
  } finally {
    await db.destroy()
  }
}
