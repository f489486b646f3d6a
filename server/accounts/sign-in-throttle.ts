import { createHmac } from 'node:crypto'
import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import { day, hour, minute, second } from '../durations.ts'
import { AuthError } from '../errors.ts'
import { networksOf } from '../http/networks.ts'
import { ensureServerSecret } from '../server-secret.ts'
import { AttemptGate } from './attempt-gate.ts'
import { FailedSignIns } from './failed-sign-ins.ts'
import { addFailure, countLeft, type FailureCount, msUntilFewer } from './failure-count.ts'
import type { GuessBrake } from './guess-brake.ts'
import {
  clearKnownFailures,
  deleteKnownNetworks,
  deleteNetworksUnusedSince,
  findKnownNetwork,
  insertSignIn,
  moveKnownNetworks,
  updateKnownFailures,
} from './known-network-store.ts'
import { type KnownNetworks, networkKnownMs } from './known-networks.ts'
import {
  type AccountKey,
  copyFailures,
  deleteFailures,
  deleteFailuresOf,
  getStrangerFailures,
  makeRoom,
  strangers,
  upsertFailures,
} from './sign-in-failure-store.ts'
import { networkOf } from './sign-in-network.ts'
import { findAccountByEmail, toEmailKey } from './user-store.ts'

const freeFailures = 5
const waits = [minute, 5 * minute, hour]
/** Of all strangers together; a year lets them try this often and 730 times more. */
const closedAfter = 100
/** How many tries a sign-in opens a closed account for: enough for somebody on another network. */
const openedFor = 10
/** How long one failure counts: of a network, and of all strangers together. */
const leakMs = { network: day, strangers: 12 * hour }
/** Some 20 MB. */
const usuallyMostRows = 100_000
/** How many may be written until the rows are counted anew: they may be over by as many. */
const countedEvery = 500

/** A command has neither network nor brake: it judges no attempts. */
type ThrottleDeps = Pick<Deps, 'db' | 'now' | 'newId'> & Partial<Pick<Deps, 'guessBrake' | 'knownNetworks'>>

interface Attempt {
  readonly email: string
  readonly address: string
  /** Of somebody who is signed in and proves once more who they are. */
  readonly sessionId?: string
}

/** A wrong password. */
interface Failure extends Attempt {
  readonly accountKey: AccountKey
  readonly network: string
}

/** What is known of one account's sign-ins: from the network at hand, and from all strangers together. */
interface Standing {
  readonly own: FailureCount | undefined
  readonly together: FailureCount
  /** The network has signed in to this account within 90 days. */
  readonly isKnown: boolean
}

/**
 * Slows the guessing of one account's password. Each network has a count of its own and waits longer after each
 * failure. Networks that have not signed in to the account share a second count, and are shut out while it stands at
 * 100: strangers can lock out strangers only. Counts leak, and a sign-in or a reset ends them. Addresses without an account
 * are counted in the same rows, which make room for one another alike, or the difference would tell them apart.
 */
export class SignInThrottle {
  readonly #db: Database
  readonly #now: () => number
  readonly #secret: Uint8Array
  readonly #gate = new AttemptGate()
  readonly #failedSignIns: FailedSignIns
  readonly #knownNetworks: KnownNetworks | undefined
  readonly #brake: GuessBrake | undefined
  readonly #mostRows: number
  #writtenSinceCount = countedEvery

  /** @param mostRows how many counts of failures are kept, of all addresses together */
  constructor(deps: ThrottleDeps, secret: Uint8Array, mostRows = usuallyMostRows) {
    this.#knownNetworks = deps.knownNetworks
    this.#brake = deps.guessBrake
    this.#db = deps.db
    this.#mostRows = mostRows
    this.#now = deps.now
    this.#secret = secret
    this.#failedSignIns = new FailedSignIns(deps)
  }

  /** Runs `verify` unless the account is throttled (`rate_limited`), and counts it when it finds the password wrong. */
  async attempt(attempt: Attempt, verify: () => Promise<boolean>): Promise<boolean> {
    const { address } = attempt
    this.#brake?.requireRoom(address)
    const accountKey = this.#accountKey(attempt.email)
    const network = networkOf(address)
    const { isKnown } = await this.#findStanding(accountKey, network)
    // A known network has an entrance of its own: no crowd of strangers stands before it.
    const entrance = `${accountKey.toString('hex')} ${isKnown ? network : strangers}`
    const judge = async () => this.#countAllowed(await this.#findStanding(accountKey, network))
    const leave = await this.#gate.enter(entrance, judge, { networks: networksOf(address), isKnown })
    try {
      const isRight = await (this.#brake?.guard(address, verify) ?? verify())
      if (!isRight) await this.#countFailure({ ...attempt, accountKey, network })
      return isRight
    } finally {
      leave()
    }
  }

  /** Opens the account to strangers for a few tries, and remembers the network as known for 90 days. */
  async noteSuccess(trx: DatabaseTransaction, { email, address }: Omit<Attempt, 'sessionId'>): Promise<void> {
    const accountKey = this.#accountKey(email)
    const network = networkOf(address)
    const now = this.#now()
    const { together } = await getStrangerFailures(trx, accountKey, network)
    if (countLeft(together, now, leakMs.strangers) > closedAfter - openedFor) {
      const forgottenAt = now + (closedAfter - openedFor) * leakMs.strangers
      await upsertFailures(trx, accountKey, { [strangers]: { failedAt: now, forgottenAt } })
    }
    await deleteFailuresOf(trx, accountKey, network)
    await insertSignIn(trx, { accountKey, network, signedInAt: now })
    this.#knownNetworks?.note(address)
    await deleteNetworksUnusedSince(trx, accountKey, now - networkKnownMs)
  }

  /** Forgets every wrong password; networks that are known stay known. */
  async unlock(trx: DatabaseTransaction, email: string): Promise<void> {
    const accountKey = this.#accountKey(email)
    await deleteFailures(trx, accountKey)
    await clearKnownFailures(trx, accountKey)
  }

  /** The account is recovered: no network is known to it any more, and none has failed. */
  async startAnew(trx: DatabaseTransaction, email: string): Promise<void> {
    await deleteFailures(trx, this.#accountKey(email))
    await deleteKnownNetworks(trx, this.#accountKey(email))
  }

  /** Forgets where the account was signed in from: it was deleted. What strangers tried there counts on, as anywhere. */
  async forget(trx: DatabaseTransaction, email: string): Promise<void> {
    await deleteKnownNetworks(trx, this.#accountKey(email))
  }

  /** The account has another address now; whoever is known to it stays known, and failures count on. */
  async move(trx: DatabaseTransaction, { from, to }: { from: string; to: string }): Promise<void> {
    const [fromKey, toKey] = [this.#accountKey(from), this.#accountKey(to)]
    if (fromKey.equals(toKey)) return
    await copyFailures(trx, fromKey, toKey)
    await moveKnownNetworks(trx, fromKey, toKey)
  }

  /** To be called now and then: records what is only counted so far. */
  async recordFailures(): Promise<void> {
    if (!this.#failedSignIns.isDue()) return
    await this.#db.transaction().execute(async (trx) => await this.#failedSignIns.recordDue(trx))
  }

  async recordRemainingFailures(): Promise<void> {
    await this.#db.transaction().execute(async (trx) => await this.#failedSignIns.recordRemaining(trx))
  }

  /** Does the same work with and without an account. */
  async #countFailure({ email, sessionId, accountKey, network }: Failure): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      // Now, and not before the password was verified: an account that was deleted meanwhile leaves no event.
      const account = await findAccountByEmail(trx, email)
      const now = this.#now()
      const { own, together, isKnown } = await this.#findStanding(accountKey, network, trx)
      const ownCount = addFailure(own, now, leakMs.network)
      if (isKnown) await updateKnownFailures(trx, { accountKey, network }, ownCount)
      else {
        const counts = { [network]: ownCount, [strangers]: addFailure(together, now, leakMs.strangers) }
        await upsertFailures(trx, accountKey, counts)
        await this.#keepBounded(trx)
      }
      await this.#failedSignIns.record(trx, { userId: account?.user.id, sessionId })
    })
  }

  async #keepBounded(trx: DatabaseTransaction): Promise<void> {
    this.#writtenSinceCount += 2
    if (this.#writtenSinceCount < countedEvery) return
    this.#writtenSinceCount = 0
    await makeRoom(trx, this.#mostRows)
  }

  async #findStanding(
    accountKey: AccountKey,
    network: string,
    db: Database | DatabaseTransaction = this.#db,
  ): Promise<Standing> {
    const known = await findKnownNetwork(db, { accountKey, network })
    const { own, together } = await getStrangerFailures(db, accountKey, network)
    const isKnown = known !== undefined && known.signedInAt > this.#now() - networkKnownMs
    return { own: isKnown ? known.failures : own, together, isKnown }
  }

  /** How many attempts may run at once: as many as may still fail. Throws `rate_limited` where none may. */
  #countAllowed({ own, together, isKnown }: Standing): number {
    const now = this.#now()
    const left = closedAfter - countLeft(together, now, leakMs.strangers)
    if (!isKnown && left <= 0) {
      const detail = 'Too many wrong passwords. Reset the password, or ask the operator to unlock the account.'
      // Beyond what it can count to it is as if it stood there.
      const waitMs = Math.min(msUntilFewer(together, now, closedAfter, leakMs.strangers), leakMs.strangers)
      throw new AuthError('rate_limited', { detail, retryAfter: Math.max(1, Math.ceil(waitMs / second)) })
    }
    const failures = countLeft(own, now, leakMs.network)
    this.#refuseEarly(own, failures)
    const allowed = Math.max(1, freeFailures - failures)
    return isKnown ? allowed : Math.min(allowed, left)
  }

  #refuseEarly(own: FailureCount | undefined, failures: number): void {
    if (own === undefined || failures < freeFailures) return
    const wait = waits[failures - freeFailures] ?? hour
    // Of a clock that was put back, a failure would lie ahead for long.
    const leftMs = Math.min(own.failedAt, this.#now()) + wait - this.#now()
    if (leftMs <= 0) return
    const detail = 'Too many wrong passwords. Wait for as long as Retry-After says, or reset the password.'
    throw new AuthError('rate_limited', { detail, retryAfter: Math.ceil(leftMs / second) })
  }

  #accountKey(email: string): AccountKey {
    return createHmac('sha256', this.#secret).update(toEmailKey(email)).digest() as AccountKey
  }
}

/** The throttle of a data file, as the server has it and as a command opens it. */
export async function openSignInThrottle(deps: ThrottleDeps & Pick<Deps, 'randomBytes'>): Promise<SignInThrottle> {
  return new SignInThrottle(deps, await ensureServerSecret(deps.db, 'sign_in_throttle', deps.randomBytes))
}
