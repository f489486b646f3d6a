import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Deps } from '../deps.ts'
import { second } from '../durations.ts'
import { countInvites, countSessions, countUsers, type Piece } from './count-store.ts'

export interface Counts {
  readonly people: number
  readonly bots: number
  readonly disabled: number
  readonly liveSessions: number
  readonly openInvites: number
  readonly inviteUses: number
}

const restMs = 10 * second
/** Of a table of millions it takes a second or two: no more than this part of the time goes into it. */
const restFactor = 50

/**
 * How many there are of what grows without bound. Counted in pieces with requests between them; kept for a while, and
 * then counted anew beside the scrape that asks, which gets the count of before.
 */
export class TableCounts {
  readonly #deps: Pick<Deps, 'db' | 'now'>
  #counts: Counts | undefined
  #counting: Promise<void> | undefined
  #restUntil = Number.NEGATIVE_INFINITY

  constructor(deps: Pick<Deps, 'db' | 'now'>) {
    this.#deps = deps
  }

  async get(): Promise<Counts> {
    if (this.#counting === undefined && performance.now() >= this.#restUntil) {
      this.#counting = this.#count().finally(() => {
        this.#counting = undefined
      })
      // Whoever has an older count does not wait, so it may be that nobody hears of a failure.
      this.#counting.catch(() => {})
    }
    if (this.#counts === undefined) await this.#counting
    return this.#counts as Counts
  }

  async #count(): Promise<void> {
    const { db, now } = this.#deps
    const startedAt = performance.now()
    const at = now()
    const users = await sumPieces((after) => countUsers(db, after))
    const sessions = await sumPieces((after) => countSessions(db, after, at))
    const invites = await sumPieces((after) => countInvites(db, after, at))
    this.#counts = {
      people: users.people ?? 0,
      bots: users.bots ?? 0,
      disabled: users.disabled ?? 0,
      liveSessions: sessions.live ?? 0,
      openInvites: invites.open ?? 0,
      inviteUses: invites.uses ?? 0,
    }
    const tookMs = performance.now() - startedAt
    this.#restUntil = performance.now() + Math.max(restMs, restFactor * tookMs)
  }
}

async function sumPieces(count: (after: string) => Promise<Piece>): Promise<Partial<Record<string, number>>> {
  const sums: Partial<Record<string, number>> = {}
  for (let after: string | undefined = ''; after !== undefined; ) {
    const { counts, next }: Piece = await count(after)
    for (const [name, value] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + value
    after = next
    await nextTurn()
  }
  return sums
}
