import { type FileInspection, inspectFile } from '../../db/inspect-file.ts'
import { newestVersion } from '../../db/migrate.ts'
import type { Database } from '../../db/schema.ts'
import { StartupError } from '../../db/startup-error.ts'
import type { AuditHead } from '../audit/audit-event.ts'
import { verifyAuditChain } from '../audit/verify-chain.ts'
import { listSigningKeys } from '../sessions/signing-key-store.ts'

/**
 * Proves that a file is whole, ours, and of a schema that this version knows; throws a line that says what is wrong.
 *
 * @param name what the operator calls the file
 */
export async function proveFile(file: string, name: string): Promise<FileInspection> {
  const inspection = await inspectFile(file)
  const { isOurs, schemaVersion, damage } = inspection
  if (!isOurs) throw new StartupError(`${name} is not a Guestlist data file`)
  if (damage !== undefined) throw new StartupError(`${name} is damaged (${damage}): take another backup`)
  if (schemaVersion > newestVersion) {
    throw new StartupError(
      `${name} was written by a newer Guestlist (schema ${schemaVersion}, this one knows ${newestVersion}): ` +
        'use that version, or an older backup',
    )
  }
  return inspection
}

/**
 * Proves what only a current schema lets us ask: the audit chain is whole, and there is a key to sign with.
 *
 * @param seen an event that must be in the chain
 */
export async function proveContents(
  db: Database,
  name: string,
  seen?: AuditHead | undefined,
): Promise<AuditHead | undefined> {
  const verdict = await verifyAuditChain(db, { seen })
  if (!verdict.isWhole) {
    const { sequence, problem } = verdict
    throw new StartupError(`${name} is not as it was written: audit event ${sequence}: ${problem}; take another backup`)
  }
  if ((await listSigningKeys(db)).length === 0) throw new StartupError(`${name} holds no signing key`)
  return verdict.head
}
