import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { DatabaseTransaction } from '../../db/schema.ts'
import { mailResetCode } from '../accounts/mail-reset-code.ts'
import type { Deps } from '../deps.ts'
import { second } from '../durations.ts'
import type { Letter } from './letter.ts'
import { claimNext, deleteWaiting, extendClaims, insertNotice, type Waiting } from './outbox-store.ts'
import { deleteOldRequests } from './outbox-waiting-store.ts'
import { claimMs, longestPauseMs, requestsKeptMs } from './retries.ts'
import { describeFailure, isTemporary } from './send-failure.ts'
import { connectSmtp, type SendOnce } from './smtp.ts'
import { type Circumstances, putOffOrGiveUp } from './undelivered.ts'

const mostAtOnce = 2

/** How long things take; tests have no time. */
export interface MailTimes {
  /** For the connection, the greeting, and each answer. */
  readonly timeoutMs: number
  /** After each failure that may be temporary; with the last, it is put off for longer. */
  readonly pausesMs: readonly number[]
  /** How long the end of the server waits for what is under way. */
  readonly closeMs: number
}

const usualTimes: MailTimes = { timeoutMs: 10 * second, pausesMs: [2 * second, 20 * second], closeMs: 5 * second }

type MailerDeps = Pick<Deps, 'db' | 'config' | 'log' | 'now' | 'newId' | 'randomBytes'>

/**
 * Sends what waits in the outbox: notices first, then requests in turn. A row goes when the mail server has taken its mail, so
 * that neither load nor a restart loses one; what is taken twice has one Message-ID.
 */
export class Mailer {
  readonly #deps: MailerDeps
  readonly #sendOnce: SendOnce
  readonly #times: MailTimes
  readonly #underWay = new Map<string, Promise<void>>()
  /** What was tried while the server stops. */
  readonly #leftToNextStart = new Set<string>()
  readonly #closing = new AbortController()
  readonly #ending = new AbortController()
  #looking: Promise<void> | undefined
  #isWoken = false
  #counts = { sent: 0, givenUp: 0 }

  constructor(deps: MailerDeps, sendOnce: SendOnce, times: MailTimes) {
    this.#deps = deps
    this.#sendOnce = sendOnce
    this.#times = times
  }

  /** How many mails this process sent, and gave up. */
  get counts(): { readonly sent: number; readonly givenUp: number } {
    return this.#counts
  }

  /** Writes a letter in the transaction of what it tells; it is sent once that is committed. */
  async post(trx: DatabaseTransaction, letter: Letter): Promise<void> {
    await insertNotice(trx, { id: this.#deps.newId(), letter, createdAt: this.#deps.now() })
    this.wake()
  }

  /** Looks for what is due, in a later turn of the event loop; never throws. */
  wake(): void {
    this.#isWoken = true
    setImmediate(() => this.#look())
  }

  /** To be called now and then: what is due by now, and what other processes have written. */
  async run(): Promise<void> {
    const { db, log, now } = this.#deps
    await extendClaims(db, [...this.#underWay.keys()], now() + claimMs)
    const requests = await deleteOldRequests(db, { since: now() - requestsKeptMs, now: now() })
    if (requests > 0) {
      this.#counts.givenUp += requests
      log.warn({ event: 'mail.requests_given_up', requests }, 'requests for mail waited for too long')
    }
    this.wake()
  }

  /** Sends what is due without further pauses, for `closeMs` at most; the rest waits in the file for the next start. */
  async close(): Promise<void> {
    this.#closing.abort()
    const { signal } = this.#ending
    const ended = once(signal, 'abort')
    const timer = setTimeout(() => this.#ending.abort(), this.#times.closeMs)
    while (!signal.aborted) {
      await Promise.race([ended, this.#lookThrough()])
      if (this.#underWay.size === 0) break
      await Promise.race([ended, ...this.#underWay.values()])
    }
    clearTimeout(timer)
    this.#ending.abort()
    // What was broken off is put off by now, or soon.
    await Promise.all([this.#looking, ...this.#underWay.values()])
  }

  /** Until nothing more can be taken up for now. */
  async #lookThrough(): Promise<void> {
    this.#isWoken = true
    this.#look()
    while (this.#looking !== undefined) await this.#looking
  }

  #look(): void {
    if (this.#looking !== undefined || !this.#isWoken) return
    this.#looking = this.#startAll()
      .catch((err) => this.#deps.log.error({ event: 'mail.failed', err }, 'the mail that waits could not be read'))
      .finally(() => {
        this.#looking = undefined
        if (this.#isWoken) this.#look()
      })
  }

  async #startAll(): Promise<void> {
    this.#isWoken = false
    const { db, now } = this.#deps
    while (this.#underWay.size < mostAtOnce && !this.#ending.signal.aborted) {
      const at = now()
      const claim = {
        now: at,
        until: at + claimMs,
        latestDue: at + longestPauseMs,
        requestsSince: at - requestsKeptMs,
        held: [...this.#underWay.keys(), ...this.#leftToNextStart],
      }
      const next = await db.transaction().execute((trx) => claimNext(trx, claim))
      if (next === undefined) return
      const work = this.#deliver(next)
        .catch((err) => this.#recover(next, err))
        .finally(() => {
          this.#underWay.delete(next.id)
          if (!this.#ending.signal.aborted) this.wake()
        })
      this.#underWay.set(next.id, work)
    }
  }

  async #deliver(waiting: Waiting): Promise<void> {
    const letter = waiting.letter ?? (await mailResetCode(this.#deps, waiting.recipient))
    if (letter === undefined || (await this.#send(waiting, letter))) await deleteWaiting(this.#deps.db, waiting.id)
  }

  /** Whether it was sent; otherwise it waits, or was given up. */
  async #send(waiting: Waiting, letter: Letter): Promise<boolean> {
    const { log } = this.#deps
    const { kind, userId } = letter
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#sendOnce(letter, waiting.id, this.#ending.signal)
        this.#counts.sent += 1
        log.debug({ event: 'mail.sent', kind, userId, tries }, 'a mail was sent')
        return true
      } catch (error) {
        const failure = { kind, userId, tries, ...describeFailure(error) }
        // Broken off by the end of the server: it is no failure of the mail's.
        const isRefused = !this.#ending.signal.aborted && !isTemporary(error)
        const pauseMs = isRefused ? undefined : this.#times.pausesMs[tries - 1]
        if (pauseMs === undefined || this.#closing.signal.aborted) {
          await this.#putOff(waiting, { userId, isRefused, failure })
          return false
        }
        log.warn({ event: 'mail.delayed', ...failure }, 'a mail could not be sent yet')
        await this.#pause(pauseMs)
      }
    }
  }

  /** The letter could not be written, or the file: another time, unless it has waited for too long. */
  async #recover(waiting: Waiting, err: unknown): Promise<void> {
    const { kind, letter } = waiting
    this.#deps.log.error({ event: 'mail.failed', kind, err }, 'a mail could not be written')
    await this.#putOff(waiting, { userId: letter?.userId, isRefused: false, failure: { kind } }).catch((error) =>
      this.#deps.log.error({ event: 'mail.failed', kind, err: error }, 'a mail that waits could not be put off'),
    )
  }

  async #putOff(waiting: Waiting, why: Omit<Circumstances, 'isClosing'>): Promise<void> {
    const isClosing = this.#closing.signal.aborted
    if (isClosing) this.#leftToNextStart.add(waiting.id)
    if (!(await putOffOrGiveUp(this.#deps, waiting, { ...why, isClosing }))) this.#counts.givenUp += 1
  }

  async #pause(ms: number): Promise<void> {
    // Rejects when the server begins to stop: then there is no time for it.
    await delay(ms, undefined, { signal: this.#closing.signal }).catch(() => {})
  }
}

/** Undefined without SMTP_URL: then the server sends no mail. */
export async function openMailer(deps: MailerDeps, times: Partial<MailTimes> = {}): Promise<Mailer | undefined> {
  const { mail } = deps.config
  if (mail === undefined) return undefined
  const allTimes = { ...usualTimes, ...times }
  const sendOnce = await connectSmtp(mail, { now: deps.now, timeoutMs: allTimes.timeoutMs })
  return new Mailer(deps, sendOnce, allTimes)
}
