import type { Deps } from '../deps.ts'
import { day } from '../durations.ts'
import { listSignInsSince } from './known-network-store.ts'
import { networkOf } from './sign-in-network.ts'

export const networkKnownMs = 90 * day

/** What is remembered at once; the network that has not signed in for longest makes room. */
const capacity = 100_000

/**
 * The networks from which somebody has signed in to any account within 90 days: where the server is short of something,
 * they go before strangers. It says nothing of any one account, so no answer tells whether there is one.
 */
export class KnownNetworks {
  readonly #deps: Pick<Deps, 'db' | 'now'>
  /** When somebody last signed in from it, in that order. */
  readonly #signedInAt = new Map<string, number>()
  #readUntil = 0

  constructor(deps: Pick<Deps, 'db' | 'now'>) {
    this.#deps = deps
  }

  isKnown(address: string): boolean {
    const signedInAt = this.#signedInAt.get(networkOf(address))
    return signedInAt !== undefined && signedInAt > this.#deps.now() - networkKnownMs
  }

  note(address: string): void {
    this.#keep(networkOf(address), this.#deps.now())
  }

  /** Reads what has come to the data file since the last time: at the start, and when another process wrote there. */
  async read(): Promise<void> {
    const since = Math.max(this.#readUntil, this.#deps.now() - networkKnownMs)
    for (const { network, signedInAt } of await listSignInsSince(this.#deps.db, since, capacity)) {
      this.#readUntil = Math.max(this.#readUntil, signedInAt)
      this.#keep(network, Math.max(signedInAt, this.#signedInAt.get(network) ?? 0))
    }
  }

  #keep(network: string, signedInAt: number): void {
    this.#signedInAt.delete(network)
    this.#signedInAt.set(network, signedInAt)
    if (this.#signedInAt.size <= capacity) return
    for (const oldest of this.#signedInAt.keys()) {
      this.#signedInAt.delete(oldest)
      return
    }
  }
}
