import { clearTraces } from '../../db/clear-traces.ts'
import { endpoint } from '../endpoint.ts'
import { getSession } from '../sessions/authenticate.ts'
import { forgetUser } from '../sessions/forget-session.ts'
import { getSessionAnew } from '../sessions/get-session-anew.ts'
import { requireRecentSignIn } from '../sessions/recent-sign-in.ts'
import { deleteAccount } from './account-admin.ts'

export const deleteMe = endpoint(
  {
    id: 'deleteAccount',
    tag: 'Accounts',
    summary: 'Delete your account for good',
    description: 'With it go sessions, linked accounts and bots. It needs a sign-in within the last 10 minutes.',
    answer: { status: 204, description: 'The account is gone' },
    errors: ['reauthentication_required'],
  },
  (deps) => async (_request, response) => {
    const { db, log } = deps
    const session = getSession(response)
    requireRecentSignIn(deps, session)
    const gone = await db.transaction().execute(async (trx) => {
      const { account } = await getSessionAnew({ ...deps, db: trx }, session)
      return await deleteAccount(trx, deps, account)
    })
    for (const id of gone) forgetUser(deps, id)
    log.info({ event: 'account.deleted', userId: session.userId }, 'an account was deleted by its owner')
    // It is deleted, whatever becomes of this.
    await clearTraces(db).catch((err) => log.warn({ err }, 'what was deleted is not overwritten yet'))
    response.status(204).end()
  },
)
