// Takes the wrapping off the signing keys, for another key or none: guestlist keys unwrap
import { clearTraces } from '../../db/clear-traces.ts'
import { insertAuditEvent } from '../../server/audit/audit-store.ts'
import { unwrapSigningKeys } from '../../server/sessions/wrap-signing-keys.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'

export const unwrapKeys = () =>
  command({
    name: 'unwrap',
    summary: 'Take the wrapping off the signing keys',
    details:
      'KEY_ENCRYPTION_KEY_FILE must name the key that wraps them. Stop the server first; then unset the setting, or name the ' +
      'file of a new key: the next start wraps them by that.',
    examples: [['keys unwrap', 'to replace the wrapping key, or to do without']],
  }).action(async () => {
    await withDataFile(async ({ config, db, ...ambience }) => {
      const unwrapped = await db.transaction().execute(async (trx) => {
        const count = await unwrapSigningKeys(trx, config.keyEncryptionKey)
        if (count > 0)
          await insertAuditEvent(trx, ambience, { event: 'signing_key.unwrapped', details: { keys: count } })
        return count
      })
      await clearTraces(db)
      console.error(`Data file: ${config.databaseFile}`)
      console.log(`${unwrapped} signing ${unwrapped === 1 ? 'key was' : 'keys were'} unwrapped.`)
    })
  })
