import type { DatabaseTransaction } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import { minute } from '../durations.ts'
import type { Letter } from '../mail/letter.ts'
import { writeResetLetter } from '../mail/letters.ts'
import { addResetCode, rehearseResetCode } from './make-reset-code.ts'
import { findResetCodes } from './reset-code-store.ts'
import { type Account, findAccountByEmail } from './user-store.ts'

const pauseMs = minute
const mostLive = 5

type ResetDeps = Pick<Deps, 'db' | 'config' | 'now' | 'newId' | 'randomBytes'>

/** Makes a code for the account with this address and writes the letter with it; undefined when there is none to be had. */
export async function mailResetCode(deps: ResetDeps, email: string): Promise<Letter | undefined> {
  const made = await deps.db.transaction().execute(async (trx) => {
    const account = await findAccountByEmail(trx, email)
    if (account === undefined || !(await mayHaveCode(trx, deps, account))) {
      await rehearseResetCode(trx, deps)
      return undefined
    }
    return { account, code: await addResetCode(trx, deps, account.user.id) }
  })
  if (made === undefined) return undefined
  // To the address as the account has it, not as a stranger wrote it.
  const { user, email: to } = made.account
  return to === null ? undefined : writeResetLetter(deps.config, { user, email: to }, made.code)
}

/** Whoever asks again and again neither fills the mailbox nor spoils a code that is being typed. */
async function mayHaveCode(trx: DatabaseTransaction, { now }: ResetDeps, account: Account): Promise<boolean> {
  if (account.isDisabled || account.user.isBot) return false
  const { live, newestAt } = await findResetCodes(trx, account.user.id, now())
  // Either way: after a clock that was put back, the newest would lie ahead for long.
  return live < mostLive && Math.abs(now() - newestAt) >= pauseMs
}
