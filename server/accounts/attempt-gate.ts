import { AuthError } from '../errors.ts'
import { FairLine, unknownVisitor, type Visitor } from '../http/fair-line.ts'

interface Waiter {
  readonly visitor: Visitor
  wake(): void
  refuse(): void
}

interface Entrance {
  /** Everyone who asks, waits or is inside: the entrance lasts while there is one. */
  visitors: number
  inside: number
  /** Counts the outcomes, so that a judgement made before one is made again. */
  outcomes: number
  readonly waiting: FairLine<Waiter>
}

const mostWaiting = 128

/**
 * Lets only as many attempts at one account run at once as may still fail: otherwise a burst of guesses would all pass
 * before the first was counted. The others wait for an outcome, and are judged by it.
 */
export class AttemptGate {
  readonly #entrances = new Map<string, Entrance>()

  /**
   * @param judge tells how many may be inside, or throws when nobody may enter
   * @param visitor for whom: where too many wait, the newest of the network with most of them is refused
   * @returns what to call when the attempt is over
   */
  async enter(key: string, judge: () => Promise<number>, visitor = unknownVisitor): Promise<() => void> {
    const entrance = this.#entrances.get(key) ?? {
      visitors: 0,
      inside: 0,
      outcomes: 0,
      waiting: new FairLine(mostWaiting),
    }
    this.#entrances.set(key, entrance)
    entrance.visitors += 1
    try {
      await takeRoom(entrance, judge, visitor)
    } catch (error) {
      this.#goAway(key, entrance)
      throw error
    }
    wakeNext(entrance)
    return () => {
      entrance.inside -= 1
      entrance.outcomes += 1
      this.#goAway(key, entrance)
    }
  }

  #goAway(key: string, entrance: Entrance): void {
    entrance.visitors -= 1
    if (entrance.visitors === 0) this.#entrances.delete(key)
    else wakeNext(entrance)
  }
}

async function takeRoom(entrance: Entrance, judge: () => Promise<number>, visitor: Visitor): Promise<void> {
  for (;;) {
    const { outcomes } = entrance
    const allowed = await judge()
    if (outcomes !== entrance.outcomes) continue
    if (entrance.inside < allowed) {
      // In the same turn as the comparison, or all that were judged together would enter together.
      entrance.inside += 1
      return
    }
    await new Promise<void>((resolve, reject) => {
      const refuse = (): void => reject(new AuthError('overloaded', { retryAfter: 5 }))
      entrance.waiting.join({ visitor, wake: resolve, refuse })?.refuse()
    })
  }
}

function wakeNext({ waiting }: Entrance): void {
  waiting.takeNext()?.wake()
}
