import type { Database } from '../../db/schema.ts'
import { listTakenNames, toEmailKey } from '../accounts/user-store.ts'
import type { ParsedRow } from './parse-row.ts'
import type { Refusal } from './row.ts'

const batchSize = 500

/** The names that a file brings, each with the line where it stands first. */
export class NamesInFile {
  readonly #emailKeys = new Map<string, number>()
  readonly #usernames = new Map<string, number>()

  /** What an earlier line has already. */
  add({ line, email, username }: Pick<ParsedRow, 'line' | 'email' | 'username'>): Refusal[] {
    const note = (names: Map<string, number>, path: string, name: string | undefined): Refusal[] => {
      if (name === undefined) return []
      const first = names.get(name)
      if (first !== undefined) return [{ line, path, message: `Is the same as on line ${first}` }]
      names.set(name, line)
      return []
    }
    const emailKey = email === undefined ? undefined : toEmailKey(email)
    return [...note(this.#emailKeys, 'email', emailKey), ...note(this.#usernames, 'username', username)]
  }

  hasUsername(username: string): boolean {
    return this.#usernames.has(username)
  }

  /** What accounts in the data file have already. */
  async listTaken(db: Database): Promise<Refusal[]> {
    const refusals: Refusal[] = []
    const emailKeys = [...this.#emailKeys]
    const usernames = [...this.#usernames]
    for (let start = 0; start < Math.max(emailKeys.length, usernames.length); start += batchSize) {
      const batch = (names: [string, number][]): string[] => names.slice(start, start + batchSize).map(([name]) => name)
      const taken = await listTakenNames(db, { emailKeys: batch(emailKeys), usernames: batch(usernames) })
      for (const key of taken.emailKeys) {
        const message = 'An account with this email address exists already'
        refusals.push({ line: this.#emailKeys.get(key ?? '') ?? 0, path: 'email', message })
      }
      for (const name of taken.usernames) {
        const message = 'An account with this username exists already'
        refusals.push({ line: this.#usernames.get(name) ?? 0, path: 'username', message })
      }
    }
    return refusals
  }
}
