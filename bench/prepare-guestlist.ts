// Makes a data file with people who are signed in, and prints those who will ask, as JSON:
// node bench/prepare-guestlist.ts FILE URL PEOPLE ASKING INVITE-CODE PASSWORD
import { createAuthServer } from '../server/auth-server.ts'
import { parseConfig } from '../server/config.ts'
import { insertMintedInvites, makeInvites } from '../server/invites/mint-invites.ts'
import { newSession, type Session } from '../server/sessions/session.ts'
import { issueToken } from '../server/sessions/tokens.ts'
import { insertPeople } from './insert-people.ts'
import type { Person } from './load/plan.ts'

const [file = '', url = '', peopleCount = '0', askingCount = '0', customCode = '', password = ''] =
  process.argv.slice(2)
const [count, asking] = [Number(peopleCount), Number(askingCount)]
const config = parseConfig({ DATABASE_URL: `file:${file}`, PUBLIC_URL: url, LOG_LEVEL: 'silent', TOKEN_TTL: '12h' })
const { deps, close } = await createAuthServer(config)
/** Everybody has the same one, hashed once, at the cost that is shipped. */
const passwordHash = await deps.hashing.hash(password)
const invite = makeInvites(deps, { count: 1, maxUses: undefined, expiresAt: undefined, note: undefined, customCode })
await deps.db.transaction().execute((trx) => insertMintedInvites(trx, invite, () => {}))

/** Those who ask are spread over all of them. */
const distance = Math.floor(count / asking)
const sessions: Session[] = []
const emailOf = (index: number): string => `person-${index}@example.com`
insertPeople(file, count, (index) => {
  const session = newSession(deps, deps.newId())
  if (index % distance === 0 && sessions.length < asking) sessions.push(session)
  return { username: `person-${index}`, email: emailOf(index), passwordHash, session }
})

const people: Person[] = []
for (const [index, session] of sessions.entries()) {
  people.push({
    id: session.userId,
    other: sessions[(index * 7919 + 1) % sessions.length]?.userId ?? '',
    email: emailOf(index * distance),
    address: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    token: await issueToken(deps, session),
  })
}
await close()
process.stdout.write(JSON.stringify(people))
