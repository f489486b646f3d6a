// better-auth, as its documentation has it for Node and SQLite: email and password, its own tables, its own handler.
// COOKIE_CACHE=on switches its cookie cache on, which answers from a signed cookie for five minutes.
import { createServer } from 'node:http'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import SqliteDatabase from 'better-sqlite3'

const port = Number(process.env.PORT)
const database = new SqliteDatabase(process.env.DATABASE_FILE)
database.pragma('journal_mode = WAL')

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${port}`,
  secret: 'a-secret-of-the-benchmark-0123456789',
  database,
  emailAndPassword: { enabled: true },
  session: { cookieCache: { enabled: process.env.COOKIE_CACHE === 'on', maxAge: 300 } },
  // As shipped in production it counts by address in memory; all load comes from one here, so it is told not to.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
})
const { runMigrations } = await getMigrations(auth.options)
await runMigrations()
createServer(toNodeHandler(auth)).listen(port, '127.0.0.1')
