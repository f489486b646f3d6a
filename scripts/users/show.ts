// Shows one account with what belongs to it: guestlist users show ACCOUNT
import { findDirectoryEntry } from '../../server/accounts/directory-store.ts'
import { listBots } from '../../server/bots/bot-store.ts'
import { findInviteOfUser } from '../../server/invites/invite-list-store.ts'
import { listOAuthAccountsOfUser } from '../../server/oauth/oauth-account-store.ts'
import { listLiveSessions } from '../../server/sessions/session-store.ts'
import { accountArgument, getAccount } from '../cli/account.ts'
import { toBotJson, toBotState } from '../cli/bot.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { printFields, printJson, printTable, toIso, toMinute } from '../cli/output.ts'

export const showUser = () =>
  command({
    name: 'show',
    summary: 'Show an account: its sessions, linked accounts, bots and invite',
    examples: [
      ['users show alice', 'by username'],
      ['users show alice@example.com --json', 'by email address, for a program'],
    ],
  })
    .argument(...accountArgument)
    .option('--json', 'print an object and nothing else')
    .action(async (name, { json }) => {
      await withDataFile(async ({ db, now }) => {
        const { user, email, passwordHash, lastSeenAt } = await getAccount(db, name)
        const { createdAt, disabledAt } = (await findDirectoryEntry(db, user.id)) ?? {}
        const sessions = await listLiveSessions(db, user.id, now())
        const oauthAccounts = await listOAuthAccountsOfUser(db, user.id)
        const bots = (await listBots(db, { ownerId: user.id })).map(({ account }) => account.user.username)
        const bot = user.isBot ? (await listBots(db, { id: user.id }))[0] : undefined
        const invite = await findInviteOfUser(db, user.id)
        const hasPassword = passwordHash !== undefined
        if (json) {
          return printJson({
            ...user,
            email,
            hasPassword,
            createdAt: toIso(createdAt),
            lastSeenAt: toIso(lastSeenAt),
            disabledAt: toIso(disabledAt),
            inviteId: invite?.id ?? null,
            bots,
            bot: bot === undefined ? null : toBotJson(bot, now()),
            oauthAccounts,
            sessions: sessions.map(({ id, userAgent = null, address = null, ...times }) => ({
              id,
              userAgent,
              address,
              createdAt: toIso(times.createdAt),
              refreshedAt: toIso(times.refreshedAt),
            })),
          })
        }
        printFields({
          id: user.id,
          username: user.username,
          'display name': user.displayName,
          email,
          state: disabledAt === undefined ? (user.isBot ? 'bot' : 'active') : `disabled since ${toMinute(disabledAt)}`,
          ...(bot && { owner: bot.ownerUsername ?? 'operator', token: toBotState(bot, now()) }),
          password: hasPassword ? 'set' : 'none',
          since: toMinute(createdAt ?? undefined),
          'last seen': toMinute(lastSeenAt),
          invite: invite === undefined ? null : [invite.id, invite.note].filter(Boolean).join(' · '),
          'linked accounts': oauthAccounts.map(({ provider }) => provider).join(', ') || null,
          bots: bots.join(', ') || null,
          sessions: sessions.length,
        })
        if (sessions.length === 0) return
        console.log()
        printTable(
          ['session', 'since', 'refreshed', 'address', 'program'],
          sessions.map(({ id, createdAt: since, refreshedAt, address, userAgent }) => [
            id,
            toMinute(since),
            toMinute(refreshedAt),
            address ?? null,
            userAgent ?? null,
          ]),
        )
      })
    })
