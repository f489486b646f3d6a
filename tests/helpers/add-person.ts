import { openSession } from '../../server/accounts/open-session.ts'
import { type Account, insertUser } from '../../server/accounts/user-store.ts'
import type { Person } from './people.ts'
import type { TestServer } from './start-server.ts'

/** Somebody signed in, without an invite and a password: quicker than a registration where that is not the point. */
export async function addPerson(server: TestServer, username = 'alice'): Promise<Person> {
  const { deps } = server.auth
  const user = { id: deps.newId(), username, displayName: username, avatarUrl: null, isBot: false }
  const email = `${username}@example.com`
  const account: Account = { user, email, passwordHash: undefined, isDisabled: false, lastSeenAt: undefined }
  await deps.db.transaction().execute(async (trx) => {
    await insertUser(trx, { user, email, passwordHash: undefined, createdAt: deps.now() })
  })
  return await openSession(deps, account, { address: '127.0.0.1', userAgent: undefined })
}
