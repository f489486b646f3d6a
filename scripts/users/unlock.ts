// Opens password sign-in again after too many wrong passwords: guestlist users unlock ACCOUNT
import { StartupError } from '../../db/startup-error.ts'
import { openSignInThrottle } from '../../server/accounts/sign-in-throttle.ts'
import { insertAuditEvent } from '../../server/audit/audit-store.ts'
import { accountArgument, getAccount } from '../cli/account.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'

export const unlockUser = () =>
  command({
    name: 'unlock',
    summary: 'Open password sign-in again after too many wrong passwords',
    examples: [['users unlock alice@example.com', 'alice can sign in from everywhere again']],
  })
    .argument(...accountArgument)
    .action(async (name) => {
      await withDataFile(async (file) => {
        const { user, email } = await getAccount(file.db, name)
        if (email === null) throw new StartupError(`${user.username} has no email address, so nobody signs in with one`)
        const throttle = await openSignInThrottle(file)
        await file.db.transaction().execute(async (trx) => {
          await throttle.unlock(trx, email)
          await insertAuditEvent(trx, file, { event: 'account.unlocked', userId: user.id })
        })
        console.log(`${user.username} (${email}) can sign in by password again from everywhere.`)
      })
    })
