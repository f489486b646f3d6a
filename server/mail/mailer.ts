import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Deps } from '../deps.ts'
import { second } from '../durations.ts'
import type { Letter, LetterKind } from './letter.ts'
import { describeFailure, isTemporary } from './send-failure.ts'
import { connectSmtp, type SendOnce } from './smtp.ts'

const mostWaiting = 100
const mostAtOnce = 2

/** How long things take; tests have no time. */
export interface MailTimes {
  /** For the connection, the greeting, and each answer. */
  readonly timeoutMs: number
  /** After each failure that may be temporary; with the last, it is given up. */
  readonly pausesMs: readonly number[]
  /** How long the end of the server waits for what is under way. */
  readonly closeMs: number
}

const usualTimes: MailTimes = { timeoutMs: 10 * second, pausesMs: [2 * second, 20 * second], closeMs: 5 * second }

/** What writes a letter when its turn has come; undefined when there is none to send. */
type WriteLetter = () => Promise<Letter | undefined>

interface Order {
  readonly kind: LetterKind
  readonly write: WriteLetter
}

/** Sends letters after one another, so that nobody who causes one waits for it. What fails is only logged. */
export class Mailer {
  readonly #deps: Pick<Deps, 'log' | 'newId'>
  readonly #sendOnce: SendOnce
  readonly #times: MailTimes
  readonly #waiting: Order[] = []
  readonly #underWay = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  readonly #ending = new AbortController()

  constructor(deps: Pick<Deps, 'log' | 'newId'>, sendOnce: SendOnce, times: MailTimes) {
    this.#deps = deps
    this.#sendOnce = sendOnce
    this.#times = times
  }

  /** Returns at once and never throws; the letter is written in a later turn of the event loop. */
  post(kind: LetterKind, write: WriteLetter): void {
    if (this.#closing.signal.aborted || this.#waiting.length >= mostWaiting) {
      this.#deps.log.error(
        { event: 'mail.dropped', kind },
        'a mail was dropped: too many are waiting, or the server stops',
      )
      return
    }
    this.#waiting.push({ kind, write })
    setImmediate(() => this.#startNext())
  }

  /** Sends what is there without further pauses, for `closeMs` at most; what is left then is dropped. */
  async close(): Promise<void> {
    this.#closing.abort()
    const { signal } = this.#ending
    const ended = once(signal, 'abort')
    const timer = setTimeout(() => this.#ending.abort(), this.#times.closeMs)
    while (this.#waiting.length + this.#underWay.size > 0 && !signal.aborted) {
      this.#startNext()
      await Promise.race([ended, ...this.#underWay])
    }
    clearTimeout(timer)
    const count = this.#waiting.splice(0).length
    if (count > 0) this.#deps.log.error({ event: 'mail.dropped', count }, 'mails were dropped: the server stops')
  }

  #startNext(): void {
    while (this.#underWay.size < mostAtOnce && !this.#ending.signal.aborted) {
      const order = this.#waiting.shift()
      if (order === undefined) return
      const work = this.#deliver(order).finally(() => {
        this.#underWay.delete(work)
        this.#startNext()
      })
      this.#underWay.add(work)
    }
  }

  async #deliver({ kind, write }: Order): Promise<void> {
    try {
      const letter = await write()
      if (letter !== undefined) await this.#send(letter)
    } catch (err) {
      this.#deps.log.error({ event: 'mail.failed', kind, err }, 'a mail could not be written')
    }
  }

  async #send(letter: Letter): Promise<void> {
    const { log, newId } = this.#deps
    const { kind, userId } = letter
    const id = newId()
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#sendOnce(letter, id, this.#ending.signal)
        log.debug({ event: 'mail.sent', kind, userId, tries }, 'a mail was sent')
        return
      } catch (error) {
        const failure = { kind, userId, tries, ...describeFailure(error) }
        const pauseMs = isTemporary(error) ? this.#times.pausesMs[tries - 1] : undefined
        if (pauseMs === undefined) {
          log.error({ event: 'mail.failed', ...failure }, 'a mail could not be sent')
          return
        }
        log.warn({ event: 'mail.delayed', ...failure }, 'a mail could not be sent yet')
        await this.#pause(pauseMs)
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    // Rejects when the server begins to stop: then there is no time for it.
    await delay(ms, undefined, { signal: this.#closing.signal }).catch(() => {})
  }
}

/** Undefined without SMTP_URL: then the server sends no mail. */
export async function openMailer(
  { config, log, now, newId }: Pick<Deps, 'config' | 'log' | 'now' | 'newId'>,
  times: Partial<MailTimes> = {},
): Promise<Mailer | undefined> {
  if (config.mail === undefined) return undefined
  const allTimes = { ...usualTimes, ...times }
  const sendOnce = await connectSmtp(config.mail, { now, timeoutMs: allTimes.timeoutMs })
  return new Mailer({ log, newId }, sendOnce, allTimes)
}
