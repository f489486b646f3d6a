// Mints invite codes into the data file, also before the server ever ran: guestlist invites mint, or npm run seed
import { InvalidArgumentError } from '@commander-js/extra-typings'
import { StartupError } from '../../db/startup-error.ts'
import { insertAuditEvent } from '../../server/audit/audit-store.ts'
import { isCustomCode, isGuessable } from '../../server/invites/invite-code.ts'
import { InviteCodeExists, insertMintedInvites, inviteLink, makeInvites } from '../../server/invites/mint-invites.ts'
import { command } from '../cli/command.ts'
import { isOwnCheckout, withDataFile } from '../cli/data-file.ts'
import { expiryOption } from '../cli/options.ts'
import { type Cell, printJson, printTable, toIso, toMinute } from '../cli/output.ts'
import { startProgress } from '../cli/progress.ts'

/** One transaction writes all or none; a running server waits for it, and would give up after 5 seconds. */
const mostCodes = 100_000
const longestNote = 200

export const mintInvites = () =>
  command({
    name: 'mint',
    summary: 'Mint invite codes',
    details: 'They are stored as hashes, so this is the only time that they can be shown.',
    examples: [
      ['invites mint', 'a code for one person, good for 7 days'],
      ['invites mint --uses 30 --expires 2d --note "game night"', 'one code for a whole evening'],
      ['invites mint --count 500 --json', 'many, for a program'],
    ],
  })
    .option('--count <n>', `how many codes, 1 to ${mostCodes}`, parseCount, 1)
    .option('--uses <n>', 'how often each may be used, or "unlimited"', parseUses, 1)
    .addOption(expiryOption('how long each is good for, like 12h or 7d, or "never"', '7d'))
    .option('--code <code>', 'a code of your own: 3 to 64 letters, digits and dashes', parseCode)
    .option('--note <text>', `a note for yourself, at most ${longestNote} characters`, parseNote)
    .option('--json', 'print an array of {code, url, maxUses, expiresAt} and nothing else')
    .action(async ({ count, uses, expires, code: customCode, note, json }) => {
      if (customCode !== undefined && count !== 1) throw new StartupError('--code goes with one code, not with --count')
      await withDataFile(
        async ({ config, db, ...ambience }) => {
          const maxUses = uses === 'unlimited' ? undefined : uses
          const expiresAt = expires === 'never' ? undefined : ambience.now() + expires
          const minted = makeInvites(ambience, { count, maxUses, expiresAt, note, customCode })
          const progress = startProgress('minting', count)
          await db
            .transaction()
            .execute(async (trx) => {
              await insertMintedInvites(trx, minted, progress.update)
              await insertAuditEvent(trx, ambience, { event: 'invite.minted', details: { invites: count } })
            })
            .catch((error) => {
              throw error instanceof InviteCodeExists ? codeExists(customCode) : error
            })
            .finally(progress.stop)
          console.error(`${count === 1 ? '1 invite' : `${count} invites`} written to ${config.databaseFile}`)
          if (customCode !== undefined && isGuessable(customCode)) {
            console.error('warning: a code of under 12 symbols can be guessed; leave --code out for a random one')
          }
          const invites = minted.map(({ code }) => ({ code, url: inviteLink(config.inviteUrl, code) }))
          if (json)
            printJson(invites.map((each) => ({ ...each, maxUses: maxUses ?? null, expiresAt: toIso(expiresAt) })))
          else printInvites(invites, [maxUses ?? 'unlimited', toMinute(expiresAt) ?? 'never'])
        },
        { mayCreate: isOwnCheckout() },
      )
    })

function printInvites(invites: readonly { code: string; url: string | null }[], shared: readonly Cell[]): void {
  const hasLinks = invites.some(({ url }) => url !== null)
  printTable(
    ['code', 'uses', 'expires', ...(hasLinks ? ['link'] : [])],
    invites.map(({ code, url }) => [code, ...shared, ...(hasLinks ? [url] : [])]),
  )
}

const codeExists = (code: string | undefined): StartupError =>
  new StartupError(`the code ${code} exists already (letter case, dashes, I/L/1 and O/0 are alike)`)

function parseCount(text: string): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > mostCodes) throw new InvalidArgumentError(`It must be a number from 1 to ${mostCodes}.`)
  return count
}

function parseUses(text: string): number | 'unlimited' {
  if (text === 'unlimited') return text
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1, or "unlimited".')
  return Number(text)
}

function parseCode(text: string): string {
  const code = text.trim()
  if (!isCustomCode(code)) {
    throw new InvalidArgumentError('It must have 3 to 64 letters, digits and dashes, at least 3 of them no dashes.')
  }
  return code
}

function parseNote(text: string): string {
  if (text.length > longestNote) throw new InvalidArgumentError(`It may have at most ${longestNote} characters.`)
  return text
}
