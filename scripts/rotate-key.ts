// Makes a new signing key: published at once, signing in 10 minutes, without signing anybody out.
import { parseArgs } from 'node:util'
import { insertAuditEvent } from '../server/audit/audit-store.ts'
import { ensureSigningKey, rotateSigningKey } from '../server/sessions/signing-keys.ts'
import { openForCommand, runCommand } from './command.ts'

const usage = 'npm run rotate-key'

await runCommand(usage, async () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } })
  if (values.help) return console.log(usage)
  const { db, config, ambience, close } = openForCommand()
  try {
    const at = ambience.now()
    await ensureSigningKey(db, at)
    const key = await db.transaction().execute(async (trx) => {
      await insertAuditEvent(trx, { id: ambience.newId(), at, event: 'signing_key.rotated' })
      return await rotateSigningKey(trx, at)
    })
    console.error(`Data file: ${config.databaseFile}`)
    console.log(`The new key ${key.id} is published now and signs from ${new Date(key.signsFrom).toISOString()}.`)
  } finally {
    await close()
  }
})
