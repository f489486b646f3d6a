import type { Networks } from './networks.ts'

/**
 * Places that all share and that are held for long: a network, narrow or wide, may hold as many as are free then. One
 * alone gets half of them, two a third each, and whoever comes always finds some (dynamic thresholds; Choudhury and Hahne 1998).
 */
export class FairShare {
  readonly #capacity: number
  readonly #held = new Map<string, number>()
  #taken = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get isFull(): boolean {
    return this.#taken >= this.#capacity
  }

  /** False where the networks hold their share. */
  tryTake(networks: Networks): boolean {
    const free = this.#capacity - this.#taken
    if (networks.some((network) => (this.#held.get(network) ?? 0) >= free)) return false
    this.#count(networks, 1)
    return true
  }

  giveBack(networks: Networks): void {
    this.#count(networks, -1)
  }

  #count(networks: Networks, change: 1 | -1): void {
    this.#taken += change
    for (const network of networks) {
      const held = (this.#held.get(network) ?? 0) + change
      if (held === 0) this.#held.delete(network)
      else this.#held.set(network, held)
    }
  }
}
