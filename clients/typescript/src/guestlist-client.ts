import type { InviteStatus, OAuthAccount, Profile, RefreshResult, SignInResult, User } from './answers.ts'
import { type GuestlistClientOptions, readOptions } from './client-options.ts'
import type { LoginInput, RegisterInput, RegisterOptions, ResetPasswordInput, UpdateProfileInput } from './inputs.ts'
import { pathSegment } from './path-segment.ts'
import { PresenceBeat } from './presence-beat.ts'
import { randomId } from './random-id.ts'
import { registrationOf } from './registration.ts'
import { withRetries } from './retries.ts'
import type { ServerConfig } from './server-config.ts'
import { Session } from './session.ts'
import { TokenKeeper } from './token-keeper.ts'
import { type ApiRequest, createTransport } from './transport.ts'

const ME: ApiRequest = { method: 'GET', path: 'me' }

/**
 * A client of one Guestlist server, for browsers and Node.
 *
 * It keeps the token of the last `register`, `login` or `refreshToken` and sends it as a Bearer token (RFC 6750,
 * section 2.1). A request that is answered `token_expired` is repeated once after one refresh, however many requests
 * wait for it. A request that failed for the moment is sent again, `maxRetries` times, after `Retry-After` or a growing
 * pause: any after 429 and 503, those that read, refresh or end something, and `register`, also when unanswered.
 * A token is dropped when the server says that its session is over, never because of the network.
 *
 * Every method rejects with a `GuestlistError`, or its subclass `GuestlistNetworkError` without a usable answer. Any of
 * them may meet `rate_limited`, `overloaded` and `database_unavailable`; each that needs a token also `token_missing`,
 * `token_invalid`, `token_reused` and `session_ended`. The codes named at a method are those of its own.
 */
export class GuestlistClient {
  readonly #send
  readonly #session: Session
  readonly #presence: PresenceBeat

  /** @throws TypeError when an option cannot be used */
  constructor(options: GuestlistClientOptions) {
    const { baseUrl, token, fetch, storage, timeout, maxRetries, clock } = readOptions(options)
    const connection = randomId()
    const tokens = new TokenKeeper(storage, token)
    const lockName = storage.lockName === undefined ? undefined : `guestlist ${baseUrl} ${storage.lockName}`
    this.#send = withRetries(createTransport({ baseUrl, fetch, timeout, connection }), { clock, maxRetries })
    const onEnd = () => this.#presence.end()
    this.#session = new Session({ send: this.#send, tokens, lockName, timeout, clock, onEnd })
    this.#presence = new PresenceBeat({
      clock,
      // A beat that fails is not sent again: the next one will do.
      markOnline: async () => (await tokens.read()) !== null && this.#session.request({ ...ME, retry: 'never' }),
      sayGoodbye: () => {
        const goodbye = JSON.stringify({ token: tokens.lastKnown, connection })
        // A plain string goes as text/plain, which needs no CORS preflight: there is no time for one.
        if (tokens.lastKnown !== null) navigator.sendBeacon?.(`${baseUrl}/api/auth/disconnect`, goodbye)
      },
    })
  }

  /** The signed-in person. */
  async getMe(): Promise<User> {
    return (await this.#session.request(ME)) as User
  }

  /**
   * Changes the given fields of the signed-in person's profile and answers the whole of it.
   * Codes: `validation_failed`.
   */
  async updateProfile(input: UpdateProfileInput): Promise<User> {
    return (await this.#session.request({ method: 'PATCH', path: 'me', body: input })) as User
  }

  /**
   * Another person, with whether they are there. Codes: `not_found`.
   *
   * @throws TypeError when the id is empty, a dot segment, or holds `/ ? # \` or control characters; nothing is sent
   */
  async getUserProfile(id: string): Promise<Profile> {
    return (await this.#session.request({ method: 'GET', path: `users/${pathSegment(id)}` })) as Profile
  }

  /**
   * Registers a person by invite and signs them in. When no answer comes it asks again under the same
   * Idempotency-Key, so that an answer lost on its way neither burns the invite nor leaves a name taken.
   * Codes: `validation_failed`, `weak_password`, `invite_invalid`, `invite_expired`, `invite_used_up`, `email_taken`,
   * `username_taken`, `idempotency_key_reused`.
   *
   * @throws TypeError when the idempotencyKey is not 1 to 255 visible ASCII characters; nothing is sent
   */
  async register(input: RegisterInput, options?: RegisterOptions): Promise<SignInResult> {
    const answer = await this.#send(registrationOf(input, options))
    await this.#session.open(answer)
    return answer as SignInResult
  }

  /** Signs a person in. Codes: `invalid_credentials`, `account_disabled`, `validation_failed`. */
  async login(input: LoginInput): Promise<SignInResult> {
    const answer = await this.#send({ method: 'POST', path: 'login', body: input })
    await this.#session.open(answer)
    return answer as SignInResult
  }

  /**
   * Exchanges the token, expired or not, for a new one, and uses that at once so that a thief of the old one is
   * noticed. The client does this by itself when a token has expired; call it to hand a fresh token to another service.
   */
  refreshToken(): Promise<RefreshResult> {
    return this.#session.refresh()
  }

  /**
   * Says that this client is going away: it is offline at once instead of in a minute, and `startPresence` is stopped.
   * The token stays good.
   */
  async disconnect(): Promise<void> {
    this.#presence.end()
    await this.#session.request({ method: 'POST', path: 'disconnect', retry: 'when unanswered' })
  }

  /**
   * Signs out: ends the session for good and drops the token, also when the server had already ended it. Without an
   * answer (`GuestlistNetworkError`) the token stays, so that this can be called again.
   */
  async logout(): Promise<void> {
    await this.#session.end({ method: 'POST', path: 'logout', retry: 'when unanswered' })
  }

  /** The accounts at other services through which the signed-in person can sign in. */
  async listOAuthAccounts(): Promise<OAuthAccount[]> {
    return (await this.#session.request({ method: 'GET', path: 'oauth/accounts' })) as OAuthAccount[]
  }

  /**
   * Takes such an account away, by the `id` of `listOAuthAccounts`. Codes: `not_found`, `last_sign_in_method`,
   * `reauthentication_required`.
   *
   * @throws TypeError when the id is empty, a dot segment, or holds `/ ? # \` or control characters; nothing is sent
   */
  async unlinkOAuthAccount(id: string): Promise<void> {
    await this.#session.request({ method: 'DELETE', path: `oauth/accounts/${pathSegment(id)}` })
  }

  /**
   * What is left of an invite; sent without a token. Codes: `validation_failed`, `invite_invalid`, `invite_expired`,
   * `invite_used_up`.
   */
  async checkInvite(inviteCode: string): Promise<InviteStatus> {
    return (await this.#send({ method: 'POST', path: 'invites/check', body: { inviteCode } })) as InviteStatus
  }

  /** What a sign-in page needs to know of the server; sent without a token. */
  async getConfig(): Promise<ServerConfig> {
    return (await this.#send({ method: 'GET', path: 'config' })) as ServerConfig
  }

  /**
   * Sets a new password by a reset code; sent without a token, and signs nobody in. Codes: `reset_code_invalid`,
   * `validation_failed`, `weak_password`.
   */
  async resetPassword(input: ResetPasswordInput): Promise<void> {
    await this.#send({ method: 'POST', path: 'password/reset', body: input })
  }

  /**
   * Keeps the signed-in person online: makes a request at once and every 30 seconds, whose failure nobody hears of,
   * until stopped, until `disconnect` or `logout`, or until the session ends. In a browser it also says goodbye when the
   * page is left, and comes back with the page. It does not keep a Node process running.
   *
   * Started twice it runs once, until both are stopped. A browser that slows a hidden page's timers to one a minute
   * may let the person go offline for moments.
   *
   * @returns a function that stops it; calling that again does nothing
   */
  startPresence(): () => void {
    return this.#presence.start()
  }
}
