// A server for an application's own tests: a temporary data file, a clock to move, orders on stdin, ends with stdin.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { StartupError } from '../db/startup-error.ts'
import { parseConfig } from '../server/config.ts'
import { isLoopback } from '../server/origins.ts'
import { exitOnStartupError, stopOnSignals } from '../server/process.ts'
import { type RunningServer, serve } from '../server/serve.ts'
import { findFreePort } from './find-free-port.ts'
import { followOrder, type MovedClock } from './test-server-orders.ts'

/** The lowest cost that scrypt takes: whoever tests an application does not test how long a hash takes. */
const cheapScrypt = { logN: 1, r: 1, p: 1 }

try {
  const folder = mkdtempSync(join(tmpdir(), 'guestlist-test-server-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const clock: MovedClock = { movedMs: 0 }
  const server = await startOnFreePort(`file:${join(folder, 'guestlist.db')}`, clock)
  stopOnSignals(server.stop, ['SIGTERM', 'SIGINT', 'SIGHUP'])
  const { publicUrl, audience } = server.authServer.deps.config
  console.log(JSON.stringify({ url: server.address, issuer: publicUrl, audience }))
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await followOrder(server.authServer.deps, clock, line)))
  }
  await server.stop()
  process.exit(0)
} catch (error) {
  exitOnStartupError(error)
}

/** Between the look for a free port and the opening somebody else may have taken it. */
async function startOnFreePort(databaseUrl: string, clock: MovedClock): Promise<RunningServer> {
  const port = process.env.PORT?.trim()
  if (port) return await startOn(port, databaseUrl, clock)
  for (let left = 5; ; left -= 1) {
    try {
      return await startOn(String(await findFreePort()), databaseUrl, clock)
    } catch (error) {
      if (left === 0 || !(error instanceof StartupError) || !error.message.includes('is in use')) throw error
    }
  }
}

async function startOn(port: string, databaseUrl: string, clock: MovedClock): Promise<RunningServer> {
  const address = `http://127.0.0.1:${port}`
  const config = parseConfig({
    LOG_LEVEL: 'error',
    RATE_LIMITS: 'off',
    PUBLIC_URL: address,
    ...process.env,
    PORT: port,
    DATABASE_URL: databaseUrl,
  })
  if (!isLoopback(config.host)) {
    throw new StartupError(`a server for tests has cheap hashes, so HOST must be loopback, not ${config.host}`)
  }
  // Standard output is for answers to orders.
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: true }))
  const rateLimitFactor = config.rateLimits ? 1 : 0
  return await serve(
    { ...config, rateLimits: true },
    {
      now: () => Date.now() + clock.movedMs,
      scryptCost: cheapScrypt,
      rateLimitFactor,
      log,
    },
  )
}
