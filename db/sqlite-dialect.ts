import { setTimeout as delay } from 'node:timers/promises'
import type { Database as SqliteHandle, Statement } from 'better-sqlite3'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
  type TransactionSettings,
} from 'kysely'
import { CommitOutcomeUnknown, leavesOpen, NoMoreWrites } from './commit-outcome.ts'
import { isBusy, isDatabaseUnavailable } from './database-error.ts'
import { SharedCommits, type Write } from './shared-commits.ts'
import { DataFileLost, type WatchedFile } from './watched-file.ts'

const longestBusyWaitMs = 50
const busyLimitMs = 5000
const statementLimit = 500

/** Hears of each write once it is on the disk, and of each that the file could not take, with its error. */
export type WriteListener = (failure?: unknown) => void

/**
 * Kysely's SQLite dialect with a driver of our own. It begins write transactions as IMMEDIATE, keeps prepared
 * statements, lets writes of one moment share a commit, and waits for other processes without holding up the event loop.
 */
export class GuestlistSqliteDialect extends SqliteDialect {
  readonly #handle: SqliteHandle
  readonly #onWrite: WriteListener
  readonly #watched: WatchedFile | undefined

  constructor(handle: SqliteHandle, onWrite: WriteListener = () => {}, watched?: WatchedFile) {
    super({ database: handle })
    this.#handle = handle
    this.#onWrite = onWrite
    this.#watched = watched
  }

  override createDriver(): Driver {
    return new GuestlistSqliteDriver(this.#handle, this.#onWrite, this.#watched)
  }

  override createAdapter(): SqliteAdapter {
    return new GatedSqliteAdapter()
  }
}

/** The driver keeps other queries out of an open transaction; Kysely's own lock would also stop them while we wait. */
class GatedSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): true {
    return true
  }
}

class GuestlistSqliteDriver implements Driver {
  readonly #handle: SqliteHandle
  readonly #statements: StatementCache
  readonly #gate: TransactionGate
  readonly #commits: SharedCommits

  constructor(handle: SqliteHandle, onWrite: WriteListener, watched: WatchedFile | undefined) {
    this.#handle = handle
    this.#statements = new StatementCache(handle)
    this.#gate = new TransactionGate(handle, onWrite, watched)
    this.#commits = new SharedCommits(new GatedConnection(this.#statements, this.#gate))
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<GatedConnection> {
    return new GatedConnection(this.#statements, this.#gate, this.#commits)
  }

  async beginTransaction(connection: GatedConnection, settings: TransactionSettings): Promise<void> {
    await connection.run(settings.accessMode === 'read only' ? 'begin' : 'begin immediate', [], () => {
      this.#gate.close(connection)
    })
  }

  async commitTransaction(connection: GatedConnection): Promise<void> {
    await connection.run('commit')
    this.#gate.open()
  }

  async rollbackTransaction(connection: GatedConnection): Promise<void> {
    try {
      // After a full disk or an I/O error SQLite may have rolled back by itself.
      if (this.#handle.inTransaction) await connection.run('rollback')
    } finally {
      this.#gate.open()
    }
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#handle.close()
  }
}

/** One handle serves all: while a transaction is open on it, only the connection that began it may pass. */
class TransactionGate {
  readonly #handle: SqliteHandle
  readonly #onWrite: WriteListener
  readonly #watched: WatchedFile | undefined
  #holder: GatedConnection | undefined
  #hasChanged = false
  #isBroken = false
  #opened: Promise<void> = Promise.resolve()
  #signalOpen: () => void = () => {}

  constructor(handle: SqliteHandle, onWrite: WriteListener, watched: WatchedFile | undefined) {
    this.#handle = handle
    this.#onWrite = onWrite
    this.#watched = watched
  }

  get inTransaction(): boolean {
    return this.#handle.inTransaction
  }

  isHeldBy(connection: GatedConnection): boolean {
    return this.#holder === connection
  }

  mayPass(connection: GatedConnection): boolean {
    return this.#holder === undefined || this.#holder === connection
  }

  /** After a full disk SQLite rolls back by itself: what follows must not be committed on its own. */
  refuseLostTransaction(connection: GatedConnection): void {
    if (this.#holder === connection && !this.#handle.inTransaction) throw new Error('the transaction was rolled back')
  }

  /** What was true of a file that is lost need not be true of the one in its place. */
  refuseLostFile(): void {
    if (this.#watched?.loss !== undefined) this.#watched.refuseLost()
  }

  async wait(): Promise<void> {
    await this.#opened
  }

  /** A transaction that changed nothing has written nothing, so its commit tells nothing either. */
  noteRun(sql: string, changes: number): void {
    // Not at its end: SQLite may have rolled back by itself.
    if (sql.startsWith('begin')) this.#hasChanged = false
    if (changes > 0) this.#hasChanged = true
    if (this.#handle.inTransaction) return
    const hasChanged = this.#hasChanged
    this.#hasChanged = false
    if (!hasChanged) return
    // Before anybody is told that it was written: who puts the file back gets it back, and nobody else.
    const loss = this.#watched?.look()
    if (loss !== undefined) throw new CommitOutcomeUnknown(new DataFileLost(loss))
    this.#onWrite()
  }

  /** Before a write begins, so that nearly all that is refused has done nothing. */
  refuseWrites(): void {
    if (this.#isBroken) throw new NoMoreWrites()
    this.#watched?.refuseLost()
  }

  /** Whoever waits for this commit is told that nobody knows, and nobody writes after it. */
  break(cause: unknown): CommitOutcomeUnknown {
    this.#isBroken = true
    const error = new CommitOutcomeUnknown(cause)
    this.#onWrite(error)
    return error
  }

  noteFailure(error: unknown): void {
    if (isDatabaseUnavailable(error)) this.#onWrite(error)
  }

  close(connection: GatedConnection): void {
    this.#holder = connection
    this.#opened = new Promise((resolve) => {
      this.#signalOpen = resolve
    })
  }

  open(): void {
    this.#holder = undefined
    this.#signalOpen()
  }
}

class GatedConnection implements DatabaseConnection {
  readonly #statements: StatementCache
  readonly #gate: TransactionGate
  readonly #commits: SharedCommits | undefined

  constructor(statements: StatementCache, gate: TransactionGate, commits?: SharedCommits) {
    this.#statements = statements
    this.#gate = gate
    this.#commits = commits
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const commits = this.#gate.isHeldBy(this) ? undefined : this.#commits
    if (commits !== undefined && this.#onlyWrites(sql)) return await commits.join({ sql, parameters })
    return await this.run<R>(sql, parameters)
  }

  #onlyWrites(sql: string): boolean {
    try {
      const { reader, readonly } = this.#statements.get(sql)
      return !reader && !readonly
    } catch (error) {
      // Preparing reads the schema: whoever waits for that prepares it once more.
      if (isBusy(error)) return false
      throw error
    }
  }

  /** Runs all of them in one transaction, or throws and none of them has run. */
  async runTogether(writes: readonly Write[]): Promise<QueryResult<never>[]> {
    const results: QueryResult<never>[] = []
    let failure: unknown
    await this.run('begin immediate', [], () => {
      try {
        for (const { sql, parameters } of writes) results.push(this.#execute(this.#statements.get(sql), parameters))
        this.#execute(this.#statements.get('commit'), [])
      } catch (error) {
        failure = error
        // After a full disk or an I/O error SQLite may have rolled back by itself.
        if (this.#gate.inTransaction) this.#execute(this.#statements.get('rollback'), [])
      }
    })
    if (failure !== undefined) throw failure
    return results
  }

  /** `afterwards` runs in the same turn as the statement: no other query comes between. */
  async run<R>(sql: string, parameters: readonly unknown[] = [], afterwards = () => {}): Promise<QueryResult<R>> {
    const giveUpAt = Date.now() + busyLimitMs
    let waitMs = 1
    for (;;) {
      while (!this.#gate.mayPass(this)) await this.#gate.wait()
      this.#gate.refuseLostTransaction(this)
      try {
        if (sql !== 'rollback') this.#gate.refuseLostFile()
        const result = this.#execute<R>(this.#statements.get(sql), parameters)
        afterwards()
        return result
      } catch (error) {
        // A statement refused as busy has done nothing, so it may run again.
        if (!isBusy(error) || Date.now() > giveUpAt) throw this.#noteFailure(sql, error)
        waitMs = Math.min(waitMs * 2, longestBusyWaitMs)
        await delay(waitMs)
      }
    }
  }

  #execute<R>(statement: Statement, parameters: readonly unknown[]): QueryResult<R> {
    const result = this.#executeOrBreak<R>(statement, parameters)
    if (!statement.readonly || statement.source === 'commit') this.#gate.noteRun(statement.source, changesOf(result))
    return result
  }

  /** A write outside of a transaction is one by itself, so its end is a commit too. */
  #executeOrBreak<R>(statement: Statement, parameters: readonly unknown[]): QueryResult<R> {
    const isCommit = statement.source === 'commit' || (!statement.readonly && !this.#gate.inTransaction)
    const isAlone = isCommit && statement.source !== 'commit'
    if (isAlone || statement.source === 'begin immediate') this.#gate.refuseWrites()
    try {
      return execute<R>(statement, parameters)
    } catch (error) {
      throw isCommit && leavesOpen(error) ? this.#gate.break(error) : error
    }
  }

  #noteFailure(sql: string, error: unknown): unknown {
    if (sql === 'commit' || !this.#onlyReads(sql)) this.#gate.noteFailure(error)
    return error
  }

  /** What cannot even be prepared wrote nothing, and may not have been meant to. */
  #onlyReads(sql: string): boolean {
    try {
      return this.#statements.get(sql).readonly
    } catch {
      return true
    }
  }

  // biome-ignore lint/correctness/useYield: rows are never streamed here, and Kysely's interface asks for the method
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not supported: one handle serves every query')
  }
}

function execute<R>(statement: Statement, parameters: readonly unknown[]): QueryResult<R> {
  if (statement.reader) return { rows: statement.all(parameters) as R[] }
  return { numAffectedRows: BigInt(statement.run(parameters).changes), rows: [] }
}

const changesOf = ({ numAffectedRows, rows }: QueryResult<unknown>): number => Number(numAffectedRows ?? rows.length)

/** Preparing costs more than running; the oldest statement makes room, so that lists of any length stay bounded. */
class StatementCache {
  readonly #handle: SqliteHandle
  readonly #statements = new Map<string, Statement>()

  constructor(handle: SqliteHandle) {
    this.#handle = handle
  }

  get(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#handle.prepare(sql)
    if (this.#statements.size >= statementLimit) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest)
        break
      }
    }
    this.#statements.set(sql, statement)
    return statement
  }
}
