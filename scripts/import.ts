// Brings people from a file, all of them or nobody: guestlist import FILE
import { createReadStream, existsSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { Option } from '@commander-js/extra-typings'
import { errorCode } from '../db/database-error.ts'
import { isOpenElsewhere } from '../db/lock-data-file.ts'
import { openReadOnly } from '../db/open-read-only.ts'
import { StartupError } from '../db/startup-error.ts'
import { createAmbience } from '../server/ambience.ts'
import { parseConfig } from '../server/config.ts'
import { checkRows } from '../server/import/check-rows.ts'
import { importAccounts } from '../server/import/import-accounts.ts'
import { type ImportFormat, importFormats, readRows } from '../server/import/read-rows.ts'
import { type Reading, usernameOrigins } from '../server/import/reading.ts'
import type { Refusal } from '../server/import/row.ts'
import { sourceNames, sources } from '../server/import/sources/sources.ts'
import { alone, besideServer } from '../server/import/write-staged.ts'
import { command } from './cli/command.ts'
import { withDataFile } from './cli/data-file.ts'
import { counted, printJson, readable } from './cli/output.ts'
import { startProgress } from './cli/progress.ts'

/** People read no more than this; programs get all. */
const mostPrinted = 100

const formatOf: Partial<Record<string, ImportFormat>> = { '.csv': 'csv', '.jsonl': 'jsonl', '.ndjson': 'jsonl' }

export const importPeople = () =>
  command({
    name: 'import',
    summary: 'Bring people from a CSV file or JSON lines, all of them or nobody',
    details:
      'Columns: email, username, displayName, avatarUrl, createdAt, passwordHash; the first two are needed. With --from ' +
      'they are those of another system, whose passwords go on working: docs/import.md says how to export them. ' +
      'One row that is refused, and nothing is written. It works while the server runs.',
    examples: [
      ['import people.csv --dry-run', 'checks everything, writes nothing'],
      ['import people.csv', 'an account for every row'],
      ['import users.jsonl --from supabase --usernames-from email', 'from an export of another system'],
      ['import - --format jsonl --json', 'from another program, for a program'],
    ],
  })
    .argument('<file>', 'a file that ends in .csv, .jsonl or .ndjson, or "-" for standard input')
    .addOption(new Option('--format <format>', 'how the file is written').choices(importFormats))
    .addOption(new Option('--from <system>', 'what wrote the file').choices(sourceNames).default('plain' as const))
    .addOption(
      new Option('--usernames-from <what>', 'make a username of this where a row has none').choices(usernameOrigins),
    )
    .option('--dry-run', 'check everything and write nothing')
    .option('--json', 'print {imported, refused: [{line, path, message}]} and nothing else')
    .action(async (file, options) => {
      const { format = formatOf[extname(file).toLowerCase()], dryRun = false, json = false, usernamesFrom } = options
      if (format === undefined)
        throw new StartupError(`${file} does not end in .csv or .jsonl: say which with --format`)
      const reading = { source: sources[options.from], usernamesFrom }
      const rows = readRows(readInput(file), format, reading)
      if (dryRun) return await check(rows, reading, json)
      const { databaseFile } = parseConfig(process.env)
      // Before it is opened here: then it would be.
      const holding = existsSync(databaseFile) && isOpenElsewhere(databaseFile) ? besideServer : alone
      await withDataFile(async (dataFile) => {
        const { imported, withPassword, refused } = await importAccounts(dataFile, rows, reading, holding)
        if (json) printJson({ imported, refused })
        if (refused.length > 0) return refuse(refused, json)
        const without = imported - withPassword
        console.error(`${counted(imported, 'account')} written to ${dataFile.config.databaseFile}`)
        if (without > 0) {
          console.error(`${without} without a password: "guestlist users reset-password ACCOUNT" lets each of them in`)
        }
      })
    })

/** The same checks on a data file that is only read. */
async function check(rows: ReturnType<typeof readRows>, reading: Reading, json: boolean): Promise<void> {
  const { databaseFile } = parseConfig(process.env)
  const db = openReadOnly(databaseFile)
  try {
    const { accounts, refused } = await checkRows({ ...createAmbience(), db }, rows, reading)
    if (json) printJson({ imported: 0, refused })
    if (refused.length > 0) return refuse(refused, json)
    console.error(`${counted(accounts, 'account')} can be imported into ${databaseFile}; nothing was written`)
  } finally {
    await db.destroy()
  }
}

function refuse(refused: readonly Refusal[], json: boolean): void {
  process.exitCode = 1
  const lines = new Set(refused.map(({ line }) => line)).size
  console.error(`guestlist: nothing was imported: ${counted(lines, 'line')} must be mended first`)
  if (json) return
  for (const { line, path, message } of refused.slice(0, mostPrinted)) {
    console.error(readable(`line ${line}${path === '' ? '' : `, ${path}`}: ${message}`))
  }
  if (refused.length > mostPrinted) console.error(`and ${refused.length - mostPrinted} more; --json prints all`)
}

async function* readInput(file: string): AsyncGenerator<Buffer> {
  const isStandardInput = file === '-'
  let readBytes = 0
  try {
    const size = isStandardInput ? 0 : statSync(file).size
    const progress = startProgress('reading KiB', Math.ceil(size / 1024))
    try {
      for await (const chunk of isStandardInput ? process.stdin : createReadStream(file)) {
        readBytes += chunk.length
        progress.update(Math.ceil(readBytes / 1024))
        yield chunk
      }
    } finally {
      progress.stop()
    }
  } catch (error) {
    throw new StartupError(`${isStandardInput ? 'standard input' : file} cannot be read (${errorCode(error)})`)
  }
}
