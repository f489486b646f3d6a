// The server in a process of its own, with hashes that cost nothing. It kills itself before or after the first statement
// that begins with DIE_BEFORE or DIE_AFTER, once the throttle of sign-ins has been asked: nothing else has that to say.
import SqliteDatabase, { type Statement } from 'better-sqlite3'

const { DIE_BEFORE, DIE_AFTER } = process.env
const { prepare } = SqliteDatabase.prototype
let isArmed = false

function dieAt(beginning: string | undefined, sql: string): void {
  isArmed ||= sql.includes('"known_networks"')
  if (isArmed && beginning !== undefined && sql.startsWith(beginning)) process.kill(process.pid, 'SIGKILL')
}

SqliteDatabase.prototype.prepare = function (this: unknown, sql: string): Statement {
  const statement: Statement = prepare.call(this, sql)
  for (const method of ['run', 'all'] as const) {
    const execute = statement[method].bind(statement)
    statement[method] = (...parameters: unknown[]): never => {
      dieAt(DIE_BEFORE, sql)
      const result = execute(...parameters)
      dieAt(DIE_AFTER, sql)
      return result as never
    }
  }
  return statement
} as typeof prepare

await import('./cheap-server.ts')
