import { invalidAnswer } from './answer.ts'
import type { RefreshResult } from './answers.ts'
import type { Clock } from './clock.ts'
import { GuestlistError } from './guestlist-error.ts'
import { isToken, samePerson, sameSession } from './token.ts'
import type { TokenKeeper } from './token-keeper.ts'
import type { ApiRequest, Send } from './transport.ts'
import { withWebLock } from './web-lock.ts'

const USE_AT_ONCE: ApiRequest = { method: 'GET', path: 'me', retry: 'never' }
const REFRESH: ApiRequest = { method: 'POST', path: 'refresh', retry: 'when unanswered' }
const EXPIRED = new Set<string>(['token_expired'])
const ENDS_SESSION = new Set<string>(['session_ended', 'token_reused'])
const ENDS_SESSION_ON_REFRESH = new Set<string>([...ENDS_SESSION, 'token_invalid', 'token_missing'])

export interface SessionOptions {
  readonly send: Send
  readonly tokens: TokenKeeper
  readonly lockName: string | undefined
  readonly timeout: number
  readonly clock: Clock
  /** Called when the token was dropped. */
  readonly onEnd: () => void
}

/** What the client does with its token: sends it, refreshes it once however many need it, drops it when it is dead. */
export class Session {
  readonly #options: SessionOptions
  readonly #refreshes = new Map<string, Promise<RefreshResult | undefined>>()

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** Keeps the token of a registration or a login. */
  async open(answer: unknown): Promise<void> {
    await this.#options.tokens.write(tokenOf(answer))
  }

  async request(request: ApiRequest): Promise<unknown> {
    const token = await this.#options.tokens.read()
    try {
      return await this.#attempt(request, token)
    } catch (error) {
      if (token === null || !hasCode(error, EXPIRED)) throw error
      const refreshed = await this.#refresh(token)
      // Someone signed out, or signed in as another person, meanwhile: this request was not theirs.
      if (refreshed === undefined || !samePerson(refreshed.token, token)) throw error
      return this.#attempt(request, refreshed.token)
    }
  }

  async refresh(): Promise<RefreshResult> {
    const token = await this.#options.tokens.read()
    const first = token !== null && !this.#refreshes.has(token)
    const refreshed = token === null ? undefined : await this.#refresh(token)
    // Without a token the server gets to say so, as it does to every other request.
    if (refreshed === undefined) return (await this.#options.send(REFRESH)) as RefreshResult
    // A new token that was never used could not be told from a lost answer, nor a thief's refresh from an honest one.
    if (first) await this.#attempt(USE_AT_ONCE, refreshed.token).catch(() => undefined)
    return refreshed
  }

  /** Ends the session on the server and drops its token; a token that the server refuses has nothing left to end. */
  async end(request: ApiRequest): Promise<void> {
    const token = await this.#options.tokens.read()
    if (token === null) return
    try {
      await this.request(request)
    } catch (error) {
      if (!hasCode(error, ENDS_SESSION_ON_REFRESH)) throw error
    }
    await this.#drop((stored) => sameSession(stored, token))
  }

  #refresh(stale: string): Promise<RefreshResult | undefined> {
    const running = this.#refreshes.get(stale)
    if (running !== undefined) return running
    const { lockName, timeout: patience, clock } = this.#options
    const exchange = withWebLock(lockName, { patience, clock }, () => this.#exchange(stale))
    const started = exchange.finally(() => this.#refreshes.delete(stale))
    this.#refreshes.set(stale, started)
    return started
  }

  async #exchange(stale: string): Promise<RefreshResult | undefined> {
    const { tokens } = this.#options
    const stored = await tokens.read()
    if (stored !== stale) return stored === null ? undefined : { token: stored }
    const answer = await this.#attempt(REFRESH, stale, ENDS_SESSION_ON_REFRESH)
    await tokens.replace(stale, tokenOf(answer))
    return answer as RefreshResult
  }

  async #attempt(request: ApiRequest, token: string | null, endings = ENDS_SESSION): Promise<unknown> {
    try {
      return await this.#options.send(request, token)
    } catch (error) {
      if (hasCode(error, endings)) await this.#drop((stored) => stored === token)
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
