import type { ClientRateLimitInfo, Store } from 'express-rate-limit'

/** How many times the limit of the narrowest network each wider one has: of IPv4 /32 and /24, of IPv6 /64, /56 and /48. */
export const multiples: Readonly<Record<string, number>> = { '32': 1, '24': 8, '64': 1, '56': 4, '48': 16 }

/** What is counted at once; the oldest window makes room. */
const capacity = 100_000

interface Window {
  hits: number
  readonly endsAt: number
}

export interface WindowLimits {
  /** Of the narrowest network. */
  readonly limit: number
  readonly windowMs: number
}

/**
 * Counts requests by network, nested: a request counts in each network that it comes from, and passes while none is
 * full. What is refused counts nowhere: a home that asks too much uses up no more of its site than its own limit.
 * Keys are networks, the narrowest first, with spaces between.
 */
export class NetworkWindows implements Store {
  readonly localKeys = true
  readonly #now: () => number
  readonly #limits: WindowLimits
  readonly #windows = new Map<string, Window>()

  constructor(now: () => number, limits: WindowLimits) {
    this.#now = now
    this.#limits = limits
  }

  /** The hits as if there were but one limit: what is left of it is what is left in the fullest network. */
  increment(key: string): ClientRateLimitInfo {
    const { limit } = this.#limits
    const networks = key.split(' ').map((name) => ({ name, window: this.#getWindow(name), most: this.#mostOf(name) }))
    const full = networks.filter(({ window, most }) => window.hits >= most).map(({ window }) => window.endsAt)
    if (full.length > 0) return { totalHits: limit + 1, resetTime: new Date(Math.max(...full)) }
    for (const { name, window } of networks) {
      window.hits += 1
      this.#keep(name, window)
    }
    const left = ({ most, window }: (typeof networks)[number]): number => most - window.hits
    const fullest = networks.reduce((one, other) => (left(other) < left(one) ? other : one))
    return { totalHits: Math.max(1, limit - left(fullest)), resetTime: new Date(fullest.window.endsAt) }
  }

  decrement(key: string): void {
    for (const name of key.split(' ')) {
      const window = this.#windows.get(name)
      if (window !== undefined && window.hits > 0) window.hits -= 1
    }
  }

  resetKey(key: string): void {
    for (const name of key.split(' ')) this.#windows.delete(name)
  }

  #mostOf(network: string): number {
    return this.#limits.limit * (multiples[network.slice(network.indexOf('/') + 1)] ?? 1)
  }

  #getWindow(name: string): Window {
    const now = this.#now()
    const { windowMs } = this.#limits
    const window = this.#windows.get(name)
    // The second is of a clock that was put back: it would last for long.
    if (window !== undefined && window.endsAt > now && window.endsAt - now <= windowMs) return window
    return { hits: 0, endsAt: now + windowMs }
  }

  #keep(name: string, window: Window): void {
    if (this.#windows.get(name) === window) return
    // In the order of their ends.
    this.#windows.delete(name)
    this.#windows.set(name, window)
    const now = this.#now()
    for (const [oldest, { endsAt }] of this.#windows) {
      if (endsAt > now && this.#windows.size <= capacity) return
      this.#windows.delete(oldest)
    }
  }
}
