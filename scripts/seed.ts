// Mints invite codes into the data file, also while the server runs and before it ever ran.
import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import { StartupError } from '../db/startup-error.ts'
import { parseDuration } from '../server/durations.ts'
import { isCustomCode, isGuessable } from '../server/invites/invite-code.ts'
import {
  InviteCodeExists,
  insertMintedInvites,
  inviteLink,
  type MintOptions,
  makeInvites,
} from '../server/invites/mint-invites.ts'
import { openForCommand, runCommand } from './command.ts'

const usage = `npm run seed -- [--count N] [--uses N or unlimited] [--expires 7d or never] [--code ABC123] [--note TEXT] [--json]

  --count N      how many codes, 1 to 100000 (default 1)
  --uses N       how often each may be used, or "unlimited" (default 1)
  --expires 7d   how long each is good for, in s, m, h or d, or "never" (default 7d)
  --code ABC123  a code of your own: 3 to 64 letters, digits and dashes
  --note TEXT    a note for yourself, at most 200 characters
  --json         print an array of {code, url, maxUses, expiresAt} and nothing else`

/** One transaction writes all or none; a running server waits for it, and would give up after 5 seconds. */
const mostCodes = 100_000
const progressFrom = 2000

await runCommand(usage, async () => {
  const { values } = parseArgs({
    options: {
      count: { type: 'string' },
      uses: { type: 'string' },
      expires: { type: 'string' },
      code: { type: 'string' },
      note: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return console.log(usage)
  const options = readOptions(values)
  const { db, config, ambience, close } = openForCommand({ mayCreate: true })
  try {
    const progress = startProgress(options.count)
    const minted = makeInvites(ambience, options)
    const writing = db.transaction().execute(async (trx) => {
      await insertMintedInvites(trx, minted, progress.update)
    })
    await writing.finally(progress.stop)
    const invites = minted.map(({ code }) => ({
      code,
      url: inviteLink(config.inviteUrl, code),
      maxUses: options.maxUses ?? null,
      expiresAt: options.expiresAt === undefined ? null : new Date(options.expiresAt).toISOString(),
    }))
    console.error(
      `${invites.length === 1 ? '1 invite' : `${invites.length} invites`} written to ${config.databaseFile}`,
    )
    if (options.customCode !== undefined && isGuessable(options.customCode)) {
      console.error('warning: a code of under 12 symbols can be guessed; leave --code out for a random one')
    }
    console.log(values.json ? JSON.stringify(invites, null, 2) : toTable(invites))
  } catch (error) {
    if (!(error instanceof InviteCodeExists)) throw error
    throw new StartupError(
      `the code ${options.customCode} exists already (letter case, dashes, I/L/1 and O/0 are alike)`,
    )
  } finally {
    await close()
  }
})

function readOptions(values: Record<string, string | boolean | undefined>): MintOptions {
  const { count = '1', uses = '1', expires = '7d', code, note } = values as Record<string, string | undefined>
  const customCode = code?.trim()
  if (!/^\d{1,7}$/.test(count) || Number(count) < 1 || Number(count) > mostCodes) {
    throw new StartupError(`--count must be a number from 1 to ${mostCodes}, not "${count}"`)
  }
  if (uses !== 'unlimited' && !/^[1-9]\d{0,8}$/.test(uses)) {
    throw new StartupError(`--uses must be a number from 1 or "unlimited", not "${uses}"`)
  }
  const ttlMs = parseDuration(expires)
  if (expires !== 'never' && ttlMs === undefined) {
    throw new StartupError(`--expires must be like 12h or 7d, or "never", not "${expires}"`)
  }
  if (customCode !== undefined && !isCustomCode(customCode)) {
    throw new StartupError('--code must have 3 to 64 letters, digits and dashes, at least 3 of them no dashes')
  }
  if (customCode !== undefined && count !== '1') throw new StartupError('--code goes with one code, not with --count')
  if ((note?.length ?? 0) > 200) throw new StartupError('--note may have at most 200 characters')
  return {
    count: Number(count),
    maxUses: uses === 'unlimited' ? undefined : Number(uses),
    expiresAt: expires === 'never' || ttlMs === undefined ? undefined : Date.now() + ttlMs,
    note,
    customCode,
  }
}

function startProgress(total: number): { update: (minted: number) => void; stop: () => void } {
  if (total < progressFrom || !process.stderr.isTTY) return { update: () => {}, stop: () => {} }
  const bar = new SingleBar({ stream: process.stderr, format: 'minting {bar} {value}/{total}', clearOnComplete: true })
  bar.start(total, 0)
  return { update: (minted) => bar.update(minted), stop: () => bar.stop() }
}

interface PrintedInvite {
  readonly code: string
  readonly url: string | null
  readonly maxUses: number | null
  readonly expiresAt: string | null
}

function toTable(invites: readonly PrintedInvite[]): string {
  const rows = invites.map(({ code, url, maxUses, expiresAt }) => [
    code,
    maxUses === null ? 'unlimited' : String(maxUses),
    expiresAt === null ? 'never' : `${expiresAt.slice(0, 16).replace('T', ' ')} UTC`,
    ...(url === null ? [] : [url]),
  ])
  const table = [['CODE', 'USES', 'EXPIRES', ...(invites[0]?.url ? ['LINK'] : [])], ...rows]
  const widths = (table[0] ?? []).map((_, column) =>
    table.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  )
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
