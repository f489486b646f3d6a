import type { Database } from '../../db/schema.ts'
import type { NewUser } from '../accounts/user-store.ts'
import type { Ambience } from '../ambience.ts'
import { NamesInFile } from './names-in-file.ts'
import { parseRow } from './parse-row.ts'
import type { Refusal, Row } from './row.ts'

/** One transaction writes all or none; a running server waits for it, and would give up after 5 seconds. */
export const mostAccounts = 100_000

const batchSize = 200

export interface CheckedRows {
  readonly accounts: number
  readonly withPassword: number
  readonly names: NamesInFile
  /** In the order of the file. */
  readonly refused: readonly Refusal[]
}

interface CheckDeps extends Pick<Ambience, 'now' | 'newId'> {
  readonly db: Database
}

/** Checks every row by itself, against the others and against the data file; hands on what is right, in batches. */
export async function checkRows(
  deps: CheckDeps,
  rows: AsyncIterable<Row | Refusal>,
  takeAccounts: (accounts: readonly NewUser[]) => Promise<void> = async () => {},
): Promise<CheckedRows> {
  const names = new NamesInFile()
  const refused: Refusal[] = []
  let batch: NewUser[] = []
  let count = 0
  let accounts = 0
  let withPassword = 0
  const handOn = async (): Promise<void> => {
    // One refused row is enough for nothing to be written.
    if (refused.length === 0 && batch.length > 0) await takeAccounts(batch)
    batch = []
  }
  for await (const row of rows) {
    count += 1
    if (count > mostAccounts) {
      refused.push({ line: row.line, path: '', message: `Is beyond ${mostAccounts} rows: split the file` })
      break
    }
    if (!('fields' in row)) {
      refused.push(row)
      continue
    }
    const parsed = parseRow(row, deps)
    refused.push(...parsed.refusals, ...names.add(parsed))
    if (parsed.account === undefined) continue
    accounts += 1
    if (parsed.account.passwordHash !== undefined) withPassword += 1
    batch.push(parsed.account)
    if (batch.length === batchSize) await handOn()
  }
  await handOn()
  if (count === 0) refused.push({ line: 1, path: '', message: 'There is nobody in this file' })
  const taken = await names.listTaken(deps.db)
  const inOrder = [...refused, ...taken].sort((one, other) => one.line - other.line)
  return { accounts, withPassword, names, refused: inOrder }
}
