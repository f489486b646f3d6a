import { isDeepStrictEqual } from 'node:util'

/** What was found while a promise was tried: how much of everything, and whatever was not as promised. */
export class Evidence {
  readonly problems: string[] = []
  #counts: Record<string, number> = {}
  #looks = 0

  get counts(): Readonly<Record<string, number>> {
    return this.#counts
  }

  /** Where nothing was looked at, nothing is proven. */
  get isGood(): boolean {
    return this.#looks > 0 && this.problems.length === 0
  }

  count(counts: Readonly<Record<string, number>>): void {
    this.#counts = { ...this.#counts, ...counts }
  }

  expect(what: string, found: unknown, expected: unknown): void {
    this.#looks += 1
    if (isDeepStrictEqual(found, expected)) return
    this.problems.push(`${what}: ${JSON.stringify(found)} where ${JSON.stringify(expected)} was expected`)
  }

  /** Each of them is to be this one; gives how many are not. */
  expectAll(what: string, found: readonly string[], expected: string): number {
    const others = found.filter((each) => each !== expected)
    this.expect(`${what}, those that are not ${expected}`, others, [])
    return others.length
  }
}
