import type { Networks } from './networks.ts'

export interface Visitor {
  readonly networks: Networks
  /** Somebody has signed in from there before. */
  readonly isKnown: boolean
}

/** Where nobody says from where: all of them together are one network. */
export const unknownVisitor: Visitor = { networks: ['unknown'], isKnown: false }

/** Of four turns three go to known networks, where strangers wait as well; places are shared out alike. */
const knownOfFour = 3
/** After so many turns all that was had counts half: what was had lately matters. */
const turnsUntilHalved = 256
const forgottenBelow = 0.1

/**
 * Who waits for something that all share, and whose turn is next. A turn goes to the network that has had the least
 * lately: first among the widest (/48, /24), then within it; its longest waiting is next. Where there is no more room
 * the newest of the largest sharer makes way. So many networks of one site are one site (hierarchical fair queueing, and
 * longest queue drop; Bennett and Zhang 1996, Suter et al. 1998).
 */
export class FairLine<Waiter extends { readonly visitor: Visitor }> {
  readonly #capacity: number
  /** In the order in which they came. */
  readonly #waiters = new Set<Waiter>()
  readonly #had = new Map<string, number>()
  #turns = 0
  #knownInARow = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#waiters.size
  }

  /** Who must go for it: nobody while there is room, and the newcomer itself where nobody has a larger share. */
  join(newcomer: Waiter): Waiter | undefined {
    this.#waiters.add(newcomer)
    if (this.#waiters.size <= this.#capacity) return undefined
    const displaced = newestOfLargest(this.#listClass(this.#findCrowdedClass(newcomer)))
    if (displaced !== undefined) this.#waiters.delete(displaced)
    return displaced
  }

  leave(waiter: Waiter): void {
    this.#waiters.delete(waiter)
  }

  /** Takes whoever is next out of the line. */
  takeNext(): Waiter | undefined {
    const known = this.#listClass(true)
    const strangers = this.#listClass(false)
    const isKnownNext = strangers.length === 0 || (known.length > 0 && this.#knownInARow < knownOfFour)
    const next = this.#findLeastServed(isKnownNext ? known : strangers)
    if (next === undefined) return undefined
    this.#knownInARow = isKnownNext ? this.#knownInARow + 1 : 0
    this.#waiters.delete(next)
    this.countTurn(next.visitor)
    return next
  }

  /** To be called for a turn that was had without waiting, too. */
  countTurn({ networks }: Visitor): void {
    for (const network of networks) this.#had.set(network, (this.#had.get(network) ?? 0) + 1)
    this.#turns += 1
    if (this.#turns % turnsUntilHalved !== 0) return
    for (const [network, turns] of this.#had) {
      if (turns / 2 < forgottenBelow) this.#had.delete(network)
      else this.#had.set(network, turns / 2)
    }
  }

  #listClass(isKnown: boolean): Waiter[] {
    return [...this.#waiters].filter(({ visitor }) => visitor.isKnown === isKnown)
  }

  /** Whoever has less than their part of the places takes one from the others. */
  #findCrowdedClass({ visitor: { isKnown } }: Waiter): boolean {
    const part = (this.#capacity * (isKnown ? knownOfFour : 4 - knownOfFour)) / 4
    return this.#listClass(isKnown).length <= part ? !isKnown : isKnown
  }

  #findLeastServed(waiters: readonly Waiter[]): Waiter | undefined {
    return narrow(waiters, (groups) => {
      const had = (network: string): number => this.#had.get(network) ?? 0
      return [...groups.keys()].reduce((least, network) => (had(network) < had(least) ? network : least))
    })[0]
  }
}

/** Of networks with as many, the one whose newest came last: between equals nobody makes way for a newcomer. */
const newestOfLargest = <Waiter extends { readonly visitor: Visitor }>(
  waiters: readonly Waiter[],
): Waiter | undefined => {
  const place = new Map(waiters.map((waiter, index) => [waiter, index]))
  const newest = (group: readonly Waiter[] | undefined): number => place.get(group?.at(-1) as Waiter) ?? 0
  return narrow(waiters, (groups) =>
    [...groups.keys()].reduce((largest, network) => {
      const [one, other] = [groups.get(network), groups.get(largest)]
      const more = (one?.length ?? 0) - (other?.length ?? 0)
      return more > 0 || (more === 0 && newest(one) > newest(other)) ? network : largest
    }),
  ).at(-1)
}

/** Chooses among the widest networks, then among those within the chosen one, and so on to the narrowest. */
function narrow<Waiter extends { readonly visitor: Visitor }>(
  waiters: readonly Waiter[],
  choose: (groups: ReadonlyMap<string, Waiter[]>) => string,
): readonly Waiter[] {
  if (waiters.length === 0) return waiters
  let left = waiters
  const deepest = Math.max(...waiters.map(({ visitor }) => visitor.networks.length))
  for (let depth = 1; depth <= deepest && left.length > 1; depth += 1) {
    const groups = Map.groupBy(left, ({ visitor: { networks } }) => networks.at(-depth) ?? networks[0]) as Map<
      string,
      Waiter[]
    >
    left = groups.get(choose(groups)) ?? []
  }
  return left
}
