// Prints a one-time code that resets a password: npm run reset-password -- EMAIL
import { makeResetCode } from '../server/accounts/make-reset-code.ts'
import { runAccountCommand } from './account-command.ts'

await runAccountCommand('reset-password', async ({ db, ambience, config }, account) => {
  const code = await db.transaction().execute(async (trx) => await makeResetCode(trx, ambience, account.user.id))
  // Too short to be taken: nobody shall end up with a password that was printed here.
  const body = JSON.stringify({ code, password: '…' })
  console.log(`A code for ${account.user.username}, good for 30 minutes, once; it ends every session of the account:

    ${code}

    curl -s ${config.publicUrl}/api/auth/password/reset -H 'Content-Type: application/json' \\
      -d '${body}'`)
})
