// Fills a data file with people who are signed in, and prints their tokens: node bench/prepare-guestlist.ts FILE COUNT URL

import { insertUser } from '../server/accounts/user-store.ts'
import { createAuthServer } from '../server/auth-server.ts'
import { parseConfig } from '../server/config.ts'
import { newSession } from '../server/sessions/session.ts'
import { insertSession } from '../server/sessions/session-store.ts'
import { issueToken } from '../server/sessions/tokens.ts'

const [file = '', count = '0', url = ''] = process.argv.slice(2)
const config = parseConfig({ DATABASE_URL: `file:${file}`, PUBLIC_URL: url, LOG_LEVEL: 'silent', TOKEN_TTL: '12h' })
const { deps, close } = await createAuthServer(config)
const tokens: string[] = []
const origin = { address: '127.0.0.1', userAgent: 'bench' }
const perCommit = 1000
for (let begun = 0; begun < Number(count); begun += perCommit) {
  const people = await Promise.all(
    Array.from({ length: Math.min(perCommit, Number(count) - begun) }, async (_, index) => {
      const name = `person-${begun + index}`
      const user = { id: deps.newId(), username: name, displayName: name, avatarUrl: null, isBot: false }
      const session = newSession(deps, user.id)
      return { user, session, token: await issueToken(deps, session) }
    }),
  )
  await deps.db.transaction().execute(async (trx) => {
    for (const { user, session } of people) {
      await insertUser(trx, {
        user,
        email: `${user.username}@example.com`,
        passwordHash: undefined,
        createdAt: deps.now(),
      })
      await insertSession(trx, session, origin)
    }
  })
  tokens.push(...people.map(({ token }) => token))
}
await close()
process.stdout.write(JSON.stringify(tokens))
