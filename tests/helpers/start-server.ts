import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { ExecutionContext } from 'ava'
import SqliteDatabase from 'better-sqlite3'
import { pino } from 'pino'
import { type AuthServer, createAuthServer, type Overrides } from '../../server/auth-server.ts'
import { parseConfig } from '../../server/config.ts'
import { createHttpServer, drain } from '../../server/http/http-server.ts'
import { mintInvites } from '../../server/invites/mint-invites.ts'
import { checkAnswersOf } from './check-answers.ts'
import { type Answer, type RequestOptions, send } from './send.ts'

/** A clock that stands until it is moved. */
export interface TestClock {
  now: () => number
  advance(ms: number): void
}

export interface TestServer {
  readonly url: string
  readonly file: string
  readonly clock: TestClock
  readonly auth: AuthServer
  /** Everything that the server has logged so far, one JSON document a line. */
  readonly log: () => string
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>
  /** The data file through a connection of its own, as an operator would look at it. */
  query<Row = Record<string, unknown>>(sql: string, ...parameters: unknown[]): Row[]
  /** A code for `uses` accounts; without a number, for as many as wanted. */
  mintInvite(uses?: number, options?: { expiresAt?: number; code?: string }): Promise<string>
  /** Stops the server; its data file stays until the test ends. */
  stop(): Promise<void>
}

export interface StartOptions {
  /** Settings as in the environment; rate limits are off unless set. */
  readonly settings?: Record<string, string>
  readonly overrides?: Overrides
  /** A data file to use again instead of a fresh one. */
  readonly file?: string
  readonly clock?: TestClock
}

/** The lowest cost: what the tests are about is not how long a hash takes. */
export const cheapScrypt = { logN: 4, r: 8, p: 1 }

export function createClock(start = Date.parse('2026-11-23T12:00:00.000Z')): TestClock {
  let time = start
  return {
    now: () => time,
    advance: (ms) => {
      time += ms
    },
  }
}

export function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'guestlist-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A real server on a free port with a real data file, stopped and cleared away when the test ends. */
export async function startServer(t: ExecutionContext, options: StartOptions = {}): Promise<TestServer> {
  const file = options.file ?? join(temporaryFolder(t), 'guestlist.db')
  const clock = options.clock ?? createClock()
  const lines: string[] = []
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk))
      done()
    },
  })
  const config = parseConfig({ RATE_LIMITS: 'off', ...options.settings, DATABASE_URL: `file:${file}` })
  const auth = await createAuthServer(config, {
    now: clock.now,
    scryptCost: cheapScrypt,
    log: pino({ level: 'trace' }, sink),
    ...options.overrides,
  })
  const server = createHttpServer(auth.app, auth.deps.newId, auth.deps.connections)
  checkAnswersOf(server)
  const url = await listen(server)
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    auth.startDraining()
    stopped ??= drain(server).then(() => auth.close())
    server.closeIdleConnections()
    return stopped
  }
  t.teardown(stop)
  return {
    url,
    file,
    clock,
    auth,
    log: () => lines.join(''),
    request: (method, path, requestOptions) => send(url, method, path, requestOptions),
    query: (sql, ...parameters) => {
      const rows = query(file, sql, parameters)
      // What another connection has written is noticed before the next request.
      if (stopped === undefined) void auth.beat()
      return rows as never
    },
    mintInvite: async (uses, { expiresAt, code } = {}) => {
      const mint = { count: 1, maxUses: uses, expiresAt, customCode: code }
      const [minted] = await auth.deps.db.transaction().execute((trx) => mintInvites(trx, auth.deps, mint))
      if (minted === undefined) throw new Error('no code was minted')
      return minted
    },
    stop,
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Statements that write work too: they return no rows. */
function query(file: string, sql: string, parameters: readonly unknown[]): unknown[] {
  const handle = new SqliteDatabase(file, { timeout: 5000 })
  try {
    const statement = handle.prepare(sql)
    if (statement.reader) return statement.all(...parameters)
    statement.run(...parameters)
    return []
  } finally {
    handle.close()
  }
}
