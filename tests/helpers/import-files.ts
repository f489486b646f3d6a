import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Reading } from '../../server/import/reading.ts'
import { sources } from '../../server/import/sources/sources.ts'
import { unbounded } from '../../server/passwords/hashing-bounds.ts'
import { defaultScryptCost, PasswordHashing, type ScryptCost } from '../../server/passwords/password-hashing.ts'
import { runCommand } from './commands.ts'
import type { Ended } from './processes.ts'
import { temporaryFolder } from './start-server.ts'

/** Our own columns, usernames among them. */
export const plainReading: Reading = { source: sources.plain, usernamesFrom: undefined }

/** A file to import, which goes when the test ends. */
export function writeImportFile(t: ExecutionContext, content: string | Buffer, name = 'people.csv'): string {
  const file = join(temporaryFolder(t), name)
  writeFileSync(file, content)
  return file
}

export const importFile = (
  t: ExecutionContext,
  dataFile: string,
  content: string | Buffer,
  { name = 'people.csv', args = [] }: { name?: string; args?: readonly string[] } = {},
): Promise<Ended> => runCommand(t, dataFile, ['import', writeImportFile(t, content, name), ...args])

/** The hash of a password as an export of ours would carry it. */
export async function exportedHash(password: string, cost: ScryptCost = defaultScryptCost): Promise<string> {
  return Buffer.from(await new PasswordHashing(cost, randomBytes, unbounded).hash(password)).toString('base64')
}

/** Rows under a header, each with a name of its own, in no order; person N has the hash N of these, again and again. */
export function manyRows(count: number, passwordHashes: readonly string[], avatarUrl = ''): string {
  const step = 7919
  const rows = Array.from({ length: count }, (_, index) => {
    const number = (index * step) % count
    return `Person${number}@example.com,person${number},"Person, the ${number}th",${avatarUrl},2024-05-01T12:00:00Z,"${passwordHashes[number % passwordHashes.length]}"`
  })
  return `email,username,displayName,avatarUrl,createdAt,passwordHash\n${rows.join('\n')}\n`
}
