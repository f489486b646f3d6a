// Makes a new signing key: published at once, signing in 10 minutes, without signing anybody out: guestlist keys rotate
import { insertAuditEvent } from '../../server/audit/audit-store.ts'
import { ensureSigningKey, rotateSigningKey } from '../../server/sessions/signing-keys.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { printJson, toIso } from '../cli/output.ts'

export const rotateKey = () =>
  command({
    name: 'rotate',
    summary: 'Make a new signing key, without signing anybody out',
    details:
      'It is published at once and signs in 10 minutes; the old one stays published while its tokens live. ' +
      'The server does the same by itself, every 30 days.',
    examples: [['keys rotate', 'nobody notices']],
  })
    .option('--json', 'print {id, signsFrom} and nothing else')
    .action(async ({ json }) => {
      await withDataFile(async ({ config, db, ...ambience }) => {
        const at = ambience.now()
        await ensureSigningKey(db, at, config.keyEncryptionKey)
        const key = await db.transaction().execute(async (trx) => {
          await insertAuditEvent(trx, ambience, { event: 'signing_key.rotated', details: { by: 'operator' } })
          return await rotateSigningKey(trx, at, config.keyEncryptionKey)
        })
        console.error(`Data file: ${config.databaseFile}`)
        if (json) return printJson({ id: key.id, signsFrom: toIso(key.signsFrom) })
        console.log(`The new key ${key.id} is published now and signs from ${toIso(key.signsFrom)}.`)
      })
    })
