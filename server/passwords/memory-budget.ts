/** Bounds the memory that tasks take together; each waits in its turn until there is enough for it. */
export class MemoryBudget {
  readonly #bytes: number
  readonly #waiting: { readonly bytes: number; start(): void }[] = []
  #taken = 0

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  /** @throws Error where the task needs more than there ever is */
  async run<T>(bytes: number, task: () => Promise<T>): Promise<T> {
    if (bytes > this.#bytes) {
      const [needed, allowed] = [bytes, this.#bytes].map((each) => Math.ceil(each / 2 ** 20))
      throw new Error(`a stored hash needs ${needed} MiB, and hashes may take ${allowed}: give the server more memory`)
    }
    // Whoever came before is not overtaken by one that needs less.
    if (this.#waiting.length > 0 || !this.#fits(bytes)) {
      await new Promise<void>((resolve) => this.#waiting.push({ bytes, start: resolve }))
    } else this.#taken += bytes
    try {
      return await task()
    } finally {
      this.#taken -= bytes
      this.#startNext()
    }
  }

  #fits(bytes: number): boolean {
    return this.#taken + bytes <= this.#bytes
  }

  #startNext(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#taken += next.bytes
      next.start()
    }
  }
}
