import { invalidAnswer } from './answer.ts'
import type { RefreshResult } from './answers.ts'
import type { Clock } from './clock.ts'
import { GuestlistError } from './guestlist-error.ts'
import { isBotToken, isLater, isToken, samePerson, sameSession } from './token.ts'
import type { TokenKeeper } from './token-keeper.ts'
import type { ApiRequest, Send } from './transport.ts'
import { withWebLock } from './web-lock.ts'

const USE_AT_ONCE: ApiRequest = { method: 'GET', path: 'me', retry: 'never' }
const REFRESH: ApiRequest = { method: 'POST', path: 'refresh', retry: 'when unanswered' }
// Two tabs never need more; a storage that answers something else each time must not keep a request for ever.
const MOST_RENEWALS = 3
const EXPIRED = new Set<string>(['token_expired'])
const ENDS_SESSION = new Set<string>(['session_ended', 'token_reused'])
const ENDS_SESSION_ON_REFRESH = new Set<string>([...ENDS_SESSION, 'token_invalid', 'token_missing'])

export interface OwnSessionOptions {
  readonly send: Send
  readonly tokens: TokenKeeper
  readonly lockName: string | undefined
  readonly timeout: number
  readonly clock: Clock
  /** Called when the token was dropped. */
  readonly onEnd: () => void
}

/** A token in place of an expired one: one that we have exchanged it for, or one that was already stored. */
interface Renewal {
  readonly answer: RefreshResult
  readonly isOurs: boolean
}

/** What the client does with its token: sends it, refreshes it once however many need it, drops it when it is dead. */
export class OwnSession {
  readonly #options: OwnSessionOptions
  readonly #refreshes = new Map<string, Promise<Renewal | undefined>>()

  constructor(options: OwnSessionOptions) {
    this.#options = options
  }

  /** Keeps the token of a registration or a login. */
  async open(answer: unknown): Promise<void> {
    await this.#options.tokens.write(tokenOf(answer))
  }

  request(request: ApiRequest): Promise<unknown> {
    return this.withToken((token) => this.#options.send(request, token))
  }

  /** Sends something with the token, and once more with a fresh one where that has expired. */
  async withToken<T>(send: (token: string | null) => Promise<T>): Promise<T> {
    let token = await this.#options.tokens.read()
    for (let left = MOST_RENEWALS; ; left -= 1) {
      try {
        return await this.#attempt(send, token)
      } catch (error) {
        if (left === 0 || token === null || !hasCode(error, EXPIRED)) throw error
        const renewal = await this.#refresh(token)
        // Someone signed out, or signed in as another person, meanwhile: this request was not theirs.
        if (renewal === undefined || !samePerson(renewal.answer.token, token)) throw error
        token = renewal.answer.token
        // Only what somebody else has left may have expired as well: a token straight from the server has not.
        if (renewal.isOurs) return this.#attempt(send, token)
      }
    }
  }

  /** Makes a request that is answered a fresh token of this session, and keeps it. */
  async renew(request: ApiRequest): Promise<RefreshResult> {
    const answer = await this.request(request)
    const token = tokenOf(answer)
    // Meanwhile a refresh may have gone further, and somebody may have signed out, or in again.
    const isOlder = (stored: string) => sameSession(stored, token) && !isLater(stored, token)
    if (await this.#options.tokens.replaceIf(isOlder, token)) await this.#useAtOnce(token)
    return answer as RefreshResult
  }

  /** Makes a request that may need the token, and keeps the one that is answered. */
  async complete(request: ApiRequest): Promise<unknown> {
    const { tokens } = this.#options
    const before = await tokens.read()
    const answer = await this.request(request)
    const token = tokenOf(answer)
    // One of the session that there was, which may have gone further or ended meanwhile; or one of a new session.
    const isOlder = (stored: string) => sameSession(stored, token) && !isLater(stored, token)
    if (before !== null && sameSession(before, token)) await tokens.replaceIf(isOlder, token)
    else await tokens.write(token)
    return answer
  }

  async refresh(): Promise<RefreshResult> {
    let token = await this.#options.tokens.read()
    for (let left = MOST_RENEWALS; ; left -= 1) {
      const first = token !== null && !this.#refreshes.has(token)
      const renewal = token === null ? undefined : await this.#refresh(token)
      // Without a token the server gets to say so, as it does to every other request.
      if (renewal === undefined) return (await this.#options.send(REFRESH)) as RefreshResult
      const { answer, isOurs } = renewal
      if (!first) return answer
      const outcome = await this.#useAtOnce(answer.token)
      if (left === 0 || isOurs || !hasCode(outcome, EXPIRED)) return answer
      token = answer.token
    }
  }

  /** Makes a request that ends the session on the server, and drops its token. */
  async end(request: ApiRequest): Promise<void> {
    const token = await this.#options.tokens.read()
    await this.request(request)
    if (token !== null) await this.#drop((stored) => sameSession(stored, token))
  }

  /** The same, where a session that is over already is as good: a token that the server refuses is dropped as well. */
  async endUnlessOver(request: ApiRequest): Promise<void> {
    const token = await this.#options.tokens.read()
    if (token === null) return
    try {
      await this.request(request)
    } catch (error) {
      if (!hasCode(error, ENDS_SESSION_ON_REFRESH)) throw error
    }
    await this.#drop((stored) => sameSession(stored, token))
  }

  #refresh(stale: string): Promise<Renewal | undefined> {
    const running = this.#refreshes.get(stale)
    if (running !== undefined) return running
    const { lockName, timeout: patience, clock } = this.#options
    const hasWritten = (renewal: Renewal | undefined) => renewal?.isOurs === true
    const exchange = withWebLock(lockName, { patience, clock, hasWritten }, () => this.#exchange(stale))
    const started = exchange.finally(() => this.#refreshes.delete(stale))
    this.#refreshes.set(stale, started)
    return started
  }

  async #exchange(stale: string): Promise<Renewal | undefined> {
    const { send, tokens } = this.#options
    const stored = await tokens.read()
    if (stored !== stale) return stored === null ? undefined : { answer: { token: stored }, isOurs: false }
    const answer = await this.#attempt((token) => send(REFRESH, token), stale, ENDS_SESSION_ON_REFRESH)
    await tokens.replaceIf((kept) => kept === stale, tokenOf(answer))
    return { answer: answer as RefreshResult, isOurs: true }
  }

  /** A new token that was never used could not be told from a lost answer, nor a thief's refresh from an honest one. */
  #useAtOnce(token: string): Promise<unknown> {
    const used = this.#attempt(() => this.#options.send(USE_AT_ONCE, token), token)
    return used.catch((error: unknown) => error)
  }

  async #attempt<T>(
    send: (token: string | null) => Promise<T>,
    token: string | null,
    endings = ENDS_SESSION,
  ): Promise<T> {
    try {
      return await send(token)
    } catch (error) {
      if (hasCode(error, endings)) await this.#drop((stored) => stored === token && !isBotToken(stored))
      throw error
    }
  }

  async #drop(matches: (stored: string) => boolean): Promise<void> {
    if (await this.#options.tokens.removeIf(matches)) this.#options.onEnd()
  }
}

function tokenOf(answer: unknown): string {
  const token = (answer as Partial<RefreshResult> | null | undefined)?.token
  if (!isToken(token)) throw invalidAnswer(200, 'The answer holds no token. Is baseUrl right?')
  return token
}

function hasCode(error: unknown, codes: ReadonlySet<string>): boolean {
  return error instanceof GuestlistError && codes.has(error.code)
}
