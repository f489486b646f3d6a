import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { isWrapped, type KeyEncryptionKey, unwrapKey, wrapKey } from './key-wrapping.ts'
import { listSigningKeys, updatePrivateKey } from './signing-key-store.ts'

/**
 * Wraps the signing keys that lie in the data file as they are, where a key for that is set; gives how many. Throws `StartupError`
 * where one is wrapped by another key, or by a key that is not set.
 */
export async function wrapSigningKeys(db: Database, key: KeyEncryptionKey | undefined): Promise<number> {
  const keys = await listSigningKeys(db)
  for (const { id, privateKey } of keys) unwrapKey(key, id, privateKey)
  if (key === undefined || keys.every(({ privateKey }) => isWrapped(privateKey))) return 0
  return await db.transaction().execute(async (trx) => {
    const plain = (await listSigningKeys(trx)).filter(({ privateKey }) => !isWrapped(privateKey))
    for (const { id, privateKey } of plain) await updatePrivateKey(trx, id, wrapKey(key, id, privateKey))
    return plain.length
  })
}

/** Puts all keys back as they are, for a server that is to go on without the key, or with another; gives how many were wrapped. */
export async function unwrapSigningKeys(trx: DatabaseTransaction, key: KeyEncryptionKey | undefined): Promise<number> {
  const wrapped = (await listSigningKeys(trx)).filter(({ privateKey }) => isWrapped(privateKey))
  for (const { id, privateKey } of wrapped) await updatePrivateKey(trx, id, unwrapKey(key, id, privateKey))
  return wrapped.length
}
