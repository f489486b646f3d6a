import { updateLastSeen } from '../accounts/user-store.ts'
import type { Deps } from '../deps.ts'

/** As many rows as one transaction may hold the database for. */
const chunkSize = 200

/** Writes when people were last seen; called at intervals and when the server stops, never by a request. */
export async function saveLastSeen({ db, presence }: Pick<Deps, 'db' | 'presence'>): Promise<void> {
  const unsaved = presence.listUnsaved()
  for (let start = 0; start < unsaved.length; start += chunkSize) {
    const chunk = unsaved.slice(start, start + chunkSize)
    await db.transaction().execute(async (trx) => {
      for (const [userId, seenAt] of chunk) await updateLastSeen(trx, userId, seenAt)
    })
    presence.noteSaved(chunk)
  }
}
