import type { Deps } from '../deps.ts'
import { hour, minute, second } from '../durations.ts'
import { AuthError } from '../errors.ts'
import { networksOf } from '../http/networks.ts'

/** Wrong passwords that strangers may give at once: a community of 1,000 that mistypes on one morning is below it. */
export const strangersAtOnce = 1200
/** And how many more an hour: as many are forgiven. */
export const strangersAnHour = 600
const endsAt = strangersAtOnce / 2
const networksKept = 10_000

export interface BrakeChange {
  readonly isOn: boolean
  /** Attempts that were put off, of a brake that ends. */
  readonly putOff: number
}

/**
 * Slows whoever tries one password at many accounts. Wrong passwords from networks that have not signed in to any
 * account are counted together, whatever the account and however many the networks; a bucket that leaks holds the
 * number. While it is full, strangers are put off: one whose site failed within the hour until that hour is over, others
 * until there is room. Networks that have signed in go on. Whether the account exists is not looked at.
 */
export class GuessBrake {
  /** What has not been recorded yet, oldest first. */
  readonly changes: BrakeChange[] = []
  readonly #deps: Pick<Deps, 'knownNetworks' | 'now'>
  /** By widest network, in the order of time. */
  readonly #failedAt = new Map<string, number>()
  #level = 0
  #levelAt: number
  #isOn = false
  #putOff = 0
  #putOffInAll = 0

  constructor(deps: Pick<Deps, 'knownNetworks' | 'now'>) {
    this.#deps = deps
    this.#levelAt = deps.now()
  }

  get isOn(): boolean {
    this.#leak()
    return this.#isOn
  }

  /** Attempts that were put off since the start. */
  get putOff(): number {
    return this.#putOffInAll
  }

  /** Throws `rate_limited` for a stranger who is put off. */
  requireRoom(address: string): void {
    if (this.#deps.knownNetworks.isKnown(address)) return
    this.#leak()
    if (this.#level + 1 > strangersAtOnce) this.#turn(true)
    if (!this.#isOn) return
    const waitMs = this.#waitOf(siteOf(address))
    if (waitMs === 0) return
    this.#putOff += 1
    this.#putOffInAll += 1
    const detail = 'Too many wrong passwords from many networks. Wait for as long as Retry-After says.'
    throw new AuthError('rate_limited', { detail, retryAfter: Math.ceil(waitMs / second) })
  }

  /** Runs `verify` where there is room for another wrong password, and counts it when it was one. */
  async guard(address: string, verify: () => Promise<boolean>): Promise<boolean> {
    if (this.#deps.knownNetworks.isKnown(address)) return await verify()
    this.requireRoom(address)
    // Before it is known: or a burst would all pass before the first was counted.
    this.#level += 1
    let isWrong = false
    try {
      isWrong = !(await verify())
      return !isWrong
    } finally {
      if (isWrong) this.#keepFailure(siteOf(address))
      else this.#level = Math.max(0, this.#level - 1)
    }
  }

  #leak(): void {
    const now = this.#deps.now()
    const leaked = (Math.max(0, now - this.#levelAt) / hour) * strangersAnHour
    this.#level = Math.max(0, this.#level - leaked)
    this.#levelAt = now
    if (this.#level <= endsAt) this.#turn(false)
  }

  #turn(isOn: boolean): void {
    if (this.#isOn === isOn) return
    this.#isOn = isOn
    this.changes.push({ isOn, putOff: this.#putOff })
    this.#putOff = 0
  }

  #waitOf(site: string): number {
    const failedAt = this.#failedAt.get(site)
    // Of a clock that was put back, a failure would lie ahead for long.
    const leftMs = failedAt === undefined ? 0 : Math.min(failedAt, this.#deps.now()) + hour - this.#deps.now()
    if (leftMs > 0) return leftMs
    return this.#level + 1 > strangersAtOnce ? minute : 0
  }

  #keepFailure(site: string): void {
    this.#failedAt.delete(site)
    this.#failedAt.set(site, this.#deps.now())
    if (this.#failedAt.size <= networksKept) return
    for (const oldest of this.#failedAt.keys()) {
      this.#failedAt.delete(oldest)
      return
    }
  }
}

const siteOf = (address: string): string => networksOf(address).at(-1) ?? address
