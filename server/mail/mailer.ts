import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { DatabaseTransaction } from '../../db/schema.ts'
import { mailResetCode } from '../accounts/mail-reset-code.ts'
import { insertAuditEvent } from '../audit/audit-store.ts'
import type { Deps } from '../deps.ts'
import { day, hour, minute, second } from '../durations.ts'
import type { Letter } from './letter.ts'
import { claimNext, deleteWaiting, extendClaims, insertNotice, putOff, type Waiting } from './outbox-store.ts'
import { describeFailure, isTemporary } from './send-failure.ts'
import { connectSmtp, type SendOnce } from './smtp.ts'

const mostAtOnce = 2
/** Of a process that was killed, what it had taken up is free again after this. */
const claimMs = minute

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

/** Of what is put off, from the first time on; then an hour each time. */
const longPausesMs = [minute, 5 * minute, 20 * minute]
/** Then it is given up: whoever asked for a code has asked again by then. */
const notices = { givenUpAfterMs: 3 * day }
const requests = { givenUpAfterMs: 15 * minute }

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
  readonly #closing = new AbortController()
  readonly #ending = new AbortController()
  #looking: Promise<void> | undefined
  #isWoken = false

  constructor(deps: MailerDeps, sendOnce: SendOnce, times: MailTimes) {
    this.#deps = deps
    this.#sendOnce = sendOnce
    this.#times = times
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
    await extendClaims(this.#deps.db, [...this.#underWay.keys()], this.#deps.now() + claimMs)
    this.wake()
  }

  /** Sends what is due without further pauses, for `closeMs` at most; the rest waits in the file for the next start. */
  async close(): Promise<void> {
    this.#closing.abort()
    const { signal } = this.#ending
    const ended = once(signal, 'abort')
    const timer = setTimeout(() => this.#ending.abort(), this.#times.closeMs)
    this.wake()
    await new Promise((resolve) => setImmediate(resolve))
    while (!signal.aborted) {
      await Promise.race([ended, this.#looking])
      if (this.#underWay.size === 0) break
      await Promise.race([ended, ...this.#underWay.values()])
    }
    clearTimeout(timer)
    this.#ending.abort()
    // What was broken off is put off by now, or soon.
    await Promise.all([this.#looking, ...this.#underWay.values()])
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
      const next = await db.transaction().execute((trx) => claimNext(trx, now(), now() + claimMs))
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
    const { db } = this.#deps
    const letter = waiting.letter ?? (await mailResetCode(this.#deps, waiting.recipient))
    const isDone = letter === undefined || (await this.#send(waiting, letter))
    if (isDone) await deleteWaiting(db, waiting.id)
  }

  /** Whether nothing is left to be done: it was sent, or given up. */
  async #send({ id, createdAt, tries: triesBefore, ...waiting }: Waiting, letter: Letter): Promise<boolean> {
    const { log } = this.#deps
    const { kind, userId } = letter
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#sendOnce(letter, id, this.#ending.signal)
        log.debug({ event: 'mail.sent', kind, userId, tries }, 'a mail was sent')
        return true
      } catch (error) {
        const failure = { kind, userId, tries, ...describeFailure(error) }
        // Broken off by the end of the server: it is no failure of the mail's.
        const isTemporaryFailure = this.#ending.signal.aborted || isTemporary(error)
        const pauseMs = isTemporaryFailure ? this.#times.pausesMs[tries - 1] : undefined
        if (pauseMs !== undefined && !this.#closing.signal.aborted) {
          log.warn({ event: 'mail.delayed', ...failure }, 'a mail could not be sent yet')
          await this.#pause(pauseMs)
          continue
        }
        if (!isTemporaryFailure) return await this.#giveUp(letter, failure)
        return await this.#putOff({ id, createdAt, tries: triesBefore, ...waiting }, letter, failure)
      }
    }
  }

  async #putOff({ id, createdAt, tries, letter: notice }: Waiting, letter: Letter, failure: object): Promise<boolean> {
    const { db, log, now } = this.#deps
    const isNotice = notice !== undefined
    const { givenUpAfterMs } = isNotice ? notices : requests
    // The next code of an account is made a minute after the one before, at the earliest.
    const isNext = isNotice && this.#closing.signal.aborted
    const dueAt = now() + (isNext ? 0 : (longPausesMs[tries] ?? hour))
    if (dueAt - createdAt > givenUpAfterMs) return await this.#giveUp(letter, failure)
    await putOff(db, id, { dueAt, tries: tries + 1 })
    log.warn(
      { event: 'mail.put_off', ...failure, dueAt: new Date(dueAt).toISOString() },
      'a mail waits to be tried again',
    )
    return false
  }

  /** The letter could not be written, or the file: another time, unless it has waited for too long. */
  async #recover({ id, kind, createdAt, tries, letter }: Waiting, err: unknown): Promise<void> {
    const { db, log, now } = this.#deps
    log.error({ event: 'mail.failed', kind, err }, 'a mail could not be written')
    const { givenUpAfterMs } = letter === undefined ? requests : notices
    const dueAt = now() + (longPausesMs[tries] ?? hour)
    try {
      if (dueAt - createdAt > givenUpAfterMs) await deleteWaiting(db, id)
      else await putOff(db, id, { dueAt, tries: tries + 1 })
    } catch (error) {
      log.error({ event: 'mail.failed', kind, err: error }, 'a mail that waits could not be put off')
    }
  }

  /** Whom a notice does not reach, the operator can tell. */
  async #giveUp({ kind, userId }: Letter, failure: object): Promise<true> {
    const { db, log } = this.#deps
    log.error({ event: 'mail.failed', ...failure }, 'a mail could not be sent, and is given up')
    await db.transaction().execute(async (trx) => {
      await insertAuditEvent(trx, this.#deps, { event: 'mail.given_up', userId, details: { kind } })
    })
    return true
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
