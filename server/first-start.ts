import { pathToFileURL } from 'node:url'
import { hasUsers } from './accounts/user-store.ts'
import type { Deps } from './deps.ts'
import { randomSymbols } from './invites/crockford.ts'
import { groupSymbols } from './invites/invite-code.ts'
import { revokeFirstStartInvites } from './invites/invite-store.ts'
import { defaultInviteTtlMs, inviteLink, mintInvites } from './invites/mint-invites.ts'

/** The data file with what is in it, for the operator to read at each start. */
export async function describeDataFile({ db, config }: Pick<Deps, 'db' | 'config'>): Promise<string> {
  const counts = await db
    .selectNoFrom((query) => [
      query
        .selectFrom('users')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .as('users'),
      query
        .selectFrom('sessions')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .as('sessions'),
      query
        .selectFrom('invites')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .as('invites'),
    ])
    .executeTakeFirstOrThrow()
  const inside = Object.entries(counts).map(([name, count]) => `${count} ${count === 1 ? name.slice(0, -1) : name}`)
  return `Data file: ${config.databaseFile} (${inside.join(', ')})`
}

interface FirstStart {
  readonly address: string
  readonly mintCommand: string
  /** Draws a text as a QR code, where somebody looks and it fits. */
  readonly draw?: (text: string) => string | undefined
}

/** While there are no users: a fresh invite with a command that uses it. The one of the start before is revoked. */
export async function describeFirstStart(
  deps: Deps,
  { address, mintCommand, draw }: FirstStart,
): Promise<string | undefined> {
  const code = await mintFirstInvite(deps)
  if (code === undefined) return undefined
  const link = inviteLink(deps.config.inviteUrl, code)
  const picture = draw?.(link ?? code)
  // A password of its own: one printed in a manual would end up on servers.
  const password = groupSymbols(randomSymbols(Math.max(20, deps.config.passwordMinLength), deps.randomBytes))
  const body = { email: 'alice@example.com', username: 'alice', password, inviteCode: code }
  return [
    'There are no users yet. This invite makes the first account, once, within 7 days:',
    '',
    `    ${link ?? code}`,
    '',
    ...(picture === undefined ? [] : [picture, '']),
    'Register with it now (put in your own email address, username and password):',
    '',
    `    curl -s ${address}/api/auth/register -H 'Content-Type: application/json' \\`,
    `      -d '${JSON.stringify(body)}'`,
    '',
    `More codes: DATABASE_URL=${quote(pathToFileURL(deps.config.databaseFile).href)} ${mintCommand}`,
    ...(link === null ? ['With INVITE_URL, the address of your page for invites, this is a link.'] : []),
  ].join('\n')
}

async function mintFirstInvite(deps: Deps): Promise<string | undefined> {
  if (await hasUsers(deps.db)) return undefined
  const expiresAt = deps.now() + defaultInviteTtlMs
  return await deps.db.transaction().execute(async (trx) => {
    if (await hasUsers(trx)) return undefined
    await revokeFirstStartInvites(trx, deps.now())
    const options = { count: 1, maxUses: 1, expiresAt, note: 'first start', isFirstStart: true }
    const [code] = await mintInvites(trx, deps, options)
    return code
  })
}

/** As one word of a shell, whatever is in it. */
const quote = (text: string): string => (/^[\w:/.@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
