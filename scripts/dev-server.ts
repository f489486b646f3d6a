// What guestlist dev runs: a server with a temporary data file and people in it
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartupError } from '../db/startup-error.ts'
import { registerAccount } from '../server/accounts/register-account.ts'
import type { SignedIn } from '../server/accounts/user.ts'
import { createAuthServer } from '../server/auth-server.ts'
import { createBot } from '../server/bots/create-bot.ts'
import { type Config, parseConfig } from '../server/config.ts'
import type { Deps } from '../server/deps.ts'
import { mintInvites } from '../server/invites/mint-invites.ts'
import { isLoopback } from '../server/origins.ts'
import { stopOnSignals } from '../server/process.ts'
import { serve } from '../server/serve.ts'
import { describeCalls } from './dev-calls.ts'

const inviteCode = 'ABC123'
const password = 'secure-password'
const origin = { address: '127.0.0.1', userAgent: 'guestlist dev' }
const generousLimits = 100

export async function runDevServer(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'guestlist-dev-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const config = parseConfig({
    LOG_LEVEL: 'warn',
    ...(process.env.SESSION_TTL === undefined && { TOKEN_TTL: '12h' }),
    ...process.env,
    PASSWORD_MIN_LENGTH: '8',
    DATABASE_URL: `file:${join(folder, 'guestlist.db')}`,
  })
  if (!isLoopback(config.host)) {
    throw new StartupError(
      `a server for development is open to everyone who reaches it, so HOST must be loopback, not ${config.host}`,
    )
  }
  // Before it listens: whoever finds it ready finds its people too.
  const people = await fillDataFile(config)
  const starting = serve(config, { rateLimitFactor: generousLimits })
  // A closed terminal (SIGHUP) too: the temporary data file is to go.
  stopOnSignals(async () => await (await starting).stop(), ['SIGTERM', 'SIGINT', 'SIGHUP'])
  const server = await starting
  console.log(
    describeCalls({ address: server.address, inviteCode, password, people, databaseFile: config.databaseFile }),
  )
}

async function fillDataFile(config: Config): Promise<SignedIn[]> {
  const { deps, close } = await createAuthServer(config)
  try {
    await deps.db.transaction().execute(async (trx) => {
      await mintInvites(trx, deps, { count: 1, maxUses: undefined, expiresAt: undefined, customCode: inviteCode })
    })
    return [await addPerson(deps, 'alice'), await addPerson(deps, 'bob'), await addBot(deps)]
  } finally {
    await close()
  }
}

async function addPerson(deps: Deps, username: string) {
  const input = { email: `${username}@example.com`, username, password, inviteCode }
  return await registerAccount(deps, input, { origin, idempotencyKey: undefined })
}

async function addBot(deps: Deps): Promise<SignedIn> {
  const bot = { username: 'bot', displayName: 'Bot' }
  const created = await deps.db.transaction().execute(async (trx) => await createBot(trx, deps, bot))
  if (created === undefined) throw new Error('a fresh data file has a bot')
  return created
}
