import { createHmac } from 'node:crypto'
import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import { hour, minute } from '../durations.ts'
import { AuthError } from '../errors.ts'
import { networksOf } from '../http/networks.ts'
import { ensureServerSecret } from '../server-secret.ts'
import { AttemptGate } from './attempt-gate.ts'
import { FailedSignIns } from './failed-sign-ins.ts'
import type { GuessBrake } from './guess-brake.ts'
import { type KnownNetworks, networkKnownMs } from './known-networks.ts'
import { networkOf } from './sign-in-network.ts'
import {
  type AccountKey,
  deleteFailures,
  deleteNetworksUnusedSince,
  deleteOldFailuresWithoutAccount,
  deleteSignInNetwork,
  deleteSignInNetworks,
  insertFailures,
  insertSignIn,
  listSignInNetworks,
  moveSignInNetworks,
  type SignInNetwork,
  strangers,
} from './sign-in-network-store.ts'
import { findAccountByEmail, toEmailKey } from './user-store.ts'

const freeFailures = 5
const waits = [minute, 5 * minute, hour]
const closedAfter = 100
const closedRetryAfterSeconds = 86_400
const keptWithoutAccount = 10_000

/** A command has neither: it judges no attempts. */
type ThrottleDeps = Pick<Deps, 'db' | 'now' | 'newId'> & Partial<Pick<Deps, 'guessBrake' | 'knownNetworks'>>

interface Attempt {
  readonly email: string
  readonly address: string
  /** Of somebody who is signed in and proves once more who they are. */
  readonly sessionId?: string
}

/** A wrong password, and the networks that it counts for. */
interface Failure extends Attempt {
  readonly accountKey: AccountKey
  readonly networks: readonly string[]
}

/** What is known of one account's sign-ins: from the network at hand, and from all strangers together. */
interface Standing {
  readonly own: SignInNetwork
  readonly strangers: SignInNetwork
  /** The network has signed in to this account within 90 days. */
  readonly isKnown: boolean
}

/**
 * Slows the guessing of one account's password. Each network has a count of its own and waits longer after each
 * failure. Networks that have not signed in to the account share a second count, and are shut out after 100 failures
 * in a row: strangers can lock out strangers only. Addresses without an account are counted alike, or the difference
 * would tell them apart.
 */
export class SignInThrottle {
  readonly #db: Database
  readonly #now: () => number
  readonly #secret: Uint8Array
  readonly #gate = new AttemptGate()
  readonly #failedSignIns: FailedSignIns
  readonly #knownNetworks: KnownNetworks | undefined
  readonly #brake: GuessBrake | undefined

  constructor(deps: ThrottleDeps, secret: Uint8Array) {
    this.#knownNetworks = deps.knownNetworks
    this.#brake = deps.guessBrake
    this.#db = deps.db
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
      const networks = isKnown ? [network] : [network, strangers]
      if (!isRight) await this.#countFailure({ ...attempt, accountKey, networks })
      return isRight
    } finally {
      leave()
    }
  }

  /** Ends the row of failures of the network that signed in, and remembers it as known for 90 days. */
  async noteSuccess(trx: DatabaseTransaction, { email, address }: Omit<Attempt, 'sessionId'>): Promise<void> {
    const accountKey = this.#accountKey(email)
    const network = networkOf(address)
    const { isKnown } = await this.#findStanding(accountKey, network, trx)
    if (!isKnown) await deleteSignInNetwork(trx, accountKey, strangers)
    await insertSignIn(trx, { accountKey, network, signedInAt: this.#now() })
    this.#knownNetworks?.note(address)
    await deleteNetworksUnusedSince(trx, accountKey, this.#now() - networkKnownMs)
  }

  async unlock(trx: DatabaseTransaction, email: string): Promise<void> {
    await deleteFailures(trx, this.#accountKey(email))
  }

  /** Forgets where the account was signed in from: it was deleted. */
  async forget(trx: DatabaseTransaction, email: string): Promise<void> {
    await deleteSignInNetworks(trx, this.#accountKey(email))
  }

  /** The account has another address now; whoever is known to it stays known, and failures count on. */
  async move(trx: DatabaseTransaction, { from, to }: { from: string; to: string }): Promise<void> {
    await moveSignInNetworks(trx, this.#accountKey(from), this.#accountKey(to))
  }

  /** To be called now and then: records what is only counted so far. */
  async recordFailures(): Promise<void> {
    if (!this.#failedSignIns.isDue()) return
    await this.#db.transaction().execute(async (trx) => await this.#failedSignIns.recordDue(trx))
  }

  /** Does the same work with and without an account. */
  async #countFailure({ email, accountKey, networks, sessionId }: Failure): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      // Now, and not before the password was verified: an account that was deleted meanwhile leaves no rows.
      const account = await findAccountByEmail(trx, email)
      const failedAt = this.#now()
      await insertFailures(trx, { accountKey, networks, hasAccount: account !== undefined, failedAt })
      await deleteOldFailuresWithoutAccount(trx, keptWithoutAccount)
      await this.#failedSignIns.record(trx, { userId: account?.user.id, sessionId })
    })
  }

  async #findStanding(
    accountKey: AccountKey,
    network: string,
    db: Database | DatabaseTransaction = this.#db,
  ): Promise<Standing> {
    const rows = await listSignInNetworks(db, accountKey, network)
    const find = (name: string): SignInNetwork =>
      rows.find((row) => row.network === name) ?? {
        network: name,
        failures: 0,
        failedAt: undefined,
        signedInAt: undefined,
      }
    const own = find(network)
    const isKnown = own.signedInAt !== undefined && own.signedInAt > this.#now() - networkKnownMs
    return { own, strangers: find(strangers), isKnown }
  }

  /** How many attempts may run at once: as many as may still fail. Throws `rate_limited` where none may. */
  #countAllowed({ own, strangers: others, isKnown }: Standing): number {
    const left = closedAfter - others.failures
    if (!isKnown && left <= 0) {
      const detail = 'Too many wrong passwords. Reset the password, or ask the operator to unlock the account.'
      throw new AuthError('rate_limited', { detail, retryAfter: closedRetryAfterSeconds })
    }
    this.#refuseEarly(own)
    const allowed = Math.max(1, freeFailures - own.failures)
    return isKnown ? allowed : Math.min(allowed, left)
  }

  #refuseEarly({ failures, failedAt }: SignInNetwork): void {
    if (failedAt === undefined || failures < freeFailures) return
    const wait = waits[failures - freeFailures] ?? hour
    // Of a clock that was put back, a failure would lie ahead for long.
    const leftMs = Math.min(failedAt, this.#now()) + wait - this.#now()
    if (leftMs <= 0) return
    const detail = 'Too many wrong passwords. Wait for as long as Retry-After says, or reset the password.'
    throw new AuthError('rate_limited', { detail, retryAfter: Math.ceil(leftMs / 1000) })
  }

  #accountKey(email: string): AccountKey {
    return createHmac('sha256', this.#secret).update(toEmailKey(email)).digest() as AccountKey
  }
}

/** The throttle of a data file, as the server has it and as a command opens it. */
export async function openSignInThrottle(deps: ThrottleDeps & Pick<Deps, 'randomBytes'>): Promise<SignInThrottle> {
  return new SignInThrottle(deps, await ensureServerSecret(deps.db, 'sign_in_throttle', deps.randomBytes))
}
