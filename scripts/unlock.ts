// Opens password sign-in of an account again after too many wrong passwords: npm run unlock -- EMAIL
import { SignInThrottle } from '../server/accounts/sign-in-throttle.ts'
import { insertAuditEvent } from '../server/audit/audit-store.ts'
import { ensureServerSecret } from '../server/server-secret.ts'
import { runAccountCommand } from './account-command.ts'

await runAccountCommand('unlock', async ({ db, ambience }, account, email) => {
  const { now, newId, randomBytes } = ambience
  const throttle = new SignInThrottle(db, now, await ensureServerSecret(db, 'sign_in_throttle', randomBytes))
  await db.transaction().execute(async (trx) => {
    await throttle.unlock(trx, email)
    await insertAuditEvent(trx, { id: newId(), at: now(), event: 'account.unlocked', userId: account.user.id })
  })
  console.log(`${email} (${account.user.username}) can sign in by password again from everywhere.`)
})
