import type { Database, DatabaseTransaction } from '../../db/schema.ts'

/** A key pair for ES256 (RFC 7518, section 3.4): PKCS #8 in PEM, and the public JWK (RFC 7517) without its `kid`. */
export interface StoredSigningKey {
  readonly id: string
  readonly privateKey: string
  readonly publicKey: { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  readonly createdAt: number
  readonly signsFrom: number
  /** Whether it has signed with the lower s only, so that the other spelling of a signature is a forgery. */
  readonly signsLowS: boolean
}

/** Oldest first. */
export async function listSigningKeys(db: Database | DatabaseTransaction): Promise<StoredSigningKey[]> {
  const rows = await db.selectFrom('signing_keys').selectAll().orderBy('signs_from').orderBy('created_at').execute()
  return rows.map((row) => ({
    id: row.id,
    privateKey: row.private_key,
    publicKey: JSON.parse(row.public_key),
    createdAt: row.created_at,
    signsFrom: row.signs_from,
    signsLowS: row.signs_low_s === 1,
  }))
}

export async function insertSigningKey(trx: DatabaseTransaction, key: StoredSigningKey): Promise<void> {
  await trx
    .insertInto('signing_keys')
    .values({
      id: key.id,
      private_key: key.privateKey,
      public_key: JSON.stringify(key.publicKey),
      created_at: key.createdAt,
      signs_from: key.signsFrom,
      signs_low_s: key.signsLowS ? 1 : 0,
    })
    .execute()
}

export async function deleteSigningKey(trx: DatabaseTransaction, id: string): Promise<void> {
  await trx.deleteFrom('signing_keys').where('id', '=', id).execute()
}
