import { makeResetCode } from '../../server/accounts/make-reset-code.ts'
import type { TestServer } from './start-server.ts'

/** A code that resets the password of the account with this username, as the operator's command makes it. */
export async function makeResetCodeFor(server: TestServer, username = 'alice'): Promise<string> {
  const { db, ...ambience } = server.auth.deps
  const [user] = server.query<{ id: string }>('SELECT id FROM users WHERE username = ?', username)
  if (user === undefined) throw new Error(`there is no ${username}`)
  return await db.transaction().execute(async (trx) => await makeResetCode(trx, ambience, user.id))
}
