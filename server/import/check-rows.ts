import type { Database } from '../../db/schema.ts'
import type { NewUser } from '../accounts/user-store.ts'
import type { Ambience } from '../ambience.ts'
import { makeUsername } from './make-username.ts'
import { NamesInFile } from './names-in-file.ts'
import { type ParsedRow, parseRow } from './parse-row.ts'
import type { Reading } from './reading.ts'
import type { Refusal, Row } from './row.ts'

/** One transaction writes all or none, and a running server waits for it. */
export const mostAccounts = 100_000

const batchSize = 200

export interface CheckedRows {
  readonly accounts: number
  readonly withPassword: number
  readonly names: NamesInFile
  /** In the order of the file. */
  readonly refused: readonly Refusal[]
}

interface CheckDeps extends Ambience {
  readonly db: Database
}

/** Checks every row by itself, against the others and against the data file; hands on what is right, in batches. */
export async function checkRows(
  deps: CheckDeps,
  rows: AsyncIterable<Row | Refusal>,
  { source, usernamesFrom }: Reading,
  takeAccounts: (accounts: readonly NewUser[]) => Promise<void> = async () => {},
): Promise<CheckedRows> {
  const names = new NamesInFile()
  const refused: Refusal[] = []
  const nameless: Row[] = []
  let batch: NewUser[] = []
  let count = 0
  let accounts = 0
  let withPassword = 0
  const handOn = async (): Promise<void> => {
    // One refused row is enough for nothing to be written.
    if (refused.length === 0 && batch.length > 0) await takeAccounts(batch)
    batch = []
  }
  const take = async (parsed: ParsedRow): Promise<void> => {
    refused.push(...parsed.refusals, ...names.add(parsed))
    if (parsed.account === undefined) return
    accounts += 1
    if (parsed.account.passwordHash !== undefined) withPassword += 1
    batch.push(parsed.account)
    if (batch.length === batchSize) await handOn()
  }
  for await (const row of rows) {
    count += 1
    if (count > mostAccounts) {
      refused.push({ line: row.line, path: '', message: `Is beyond ${mostAccounts} rows: split the file` })
      break
    }
    if (!('fields' in row)) refused.push(row)
    else if (usernamesFrom !== undefined && source.translate(row.fields, deps.now()).fields.username === undefined) {
      nameless.push(row)
    } else await take(parseRow(row, { ...deps, source }))
  }
  if (usernamesFrom !== undefined) {
    // Only now: a name that somebody has is not given to somebody who has none.
    for (const row of nameless) {
      const { email, displayName } = parseRow(row, { ...deps, source })
      const username = await makeUsername({ ...deps, names }, { email, displayName }, usernamesFrom)
      await take(parseRow(row, { ...deps, source }, username))
    }
  }
  await handOn()
  if (count === 0) refused.push({ line: 1, path: '', message: 'There is nobody in this file' })
  const taken = await names.listTaken(deps.db)
  const inOrder = [...refused, ...taken].sort((one, other) => one.line - other.line)
  return { accounts, withPassword, names, refused: inOrder }
}
