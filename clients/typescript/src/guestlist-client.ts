import type {
  Account,
  Bot,
  BotWithToken,
  InviteStatus,
  OAuthAccount,
  OAuthProvider,
  OAuthStart,
  PresenceEvent,
  PresencePage,
  Profile,
  RefreshResult,
  Session,
  SignInResult,
  User,
} from './answers.ts'
import { type GuestlistClientOptions, readOptions } from './client-options.ts'
import type {
  ChangeEmailInput,
  ChangePasswordInput,
  CreateBotInput,
  ListPresenceInput,
  LoginInput,
  LogoutInput,
  OAuthCompleteOptions,
  OAuthLinkInput,
  OAuthLoginInput,
  RegisterInput,
  RegisterOptions,
  ResetPasswordInput,
  RotateBotTokenInput,
  UpdateProfileInput,
  WatchPresenceOptions,
} from './inputs.ts'
import { OAuthFlow, returnAddress, takeCodeFromAddress } from './oauth-flow.ts'
import { OwnSession } from './own-session.ts'
import { pathSegment } from './path-segment.ts'
import { PresenceBeat } from './presence-beat.ts'
import { PresenceWatch } from './presence-watch.ts'
import { withQuery } from './query.ts'
import { randomId } from './random-id.ts'
import { registrationOf } from './registration.ts'
import { withRetries } from './retries.ts'
import type { ServerConfig } from './server-config.ts'
import { TokenKeeper } from './token-keeper.ts'
import { type ApiRequest, createTransport } from './transport.ts'

const ME: ApiRequest = { method: 'GET', path: 'me' }

/**
 * A client of one Guestlist server, for browsers and Node.
 *
 * It keeps the token of the last `register`, `login`, `completeOAuth`, `refreshToken` or `changePassword` and sends it as
 * a Bearer token (RFC 6750, section 2.1). A request that is answered `token_expired` is repeated once after one refresh, however many requests
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
  readonly #session: OwnSession
  readonly #presence: PresenceBeat
  readonly #oauth: OAuthFlow
  readonly #watch
  #leaving = new AbortController()

  /** @throws TypeError when an option cannot be used */
  constructor(options: GuestlistClientOptions) {
    const { baseUrl, token, fetch, storage, timeout, maxRetries, clock } = readOptions(options)
    const connection = randomId()
    this.#oauth = new OAuthFlow(baseUrl)
    const tokens = new TokenKeeper(storage, token)
    const lockName = storage.lockName === undefined ? undefined : `guestlist ${baseUrl} ${storage.lockName}`
    const { send, openStream } = createTransport({ baseUrl, fetch, timeout, clock, connection })
    this.#send = withRetries(send, { clock, maxRetries })
    const onEnd = () => this.#presence.end()
    this.#session = new OwnSession({ send: this.#send, tokens, lockName, timeout, clock, onEnd })
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
    const open = (lastEventId: string, closing: AbortController) =>
      this.#session.withToken((token) => openStream({ path: 'presence/stream', lastEventId }, token, closing))
    this.#watch = (signals: AbortSignal[]) => new PresenceWatch({ clock, open, signals })
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
   * Says that this client is going away: it is offline at once instead of in a minute. `startPresence` is stopped, and
   * what `watchPresence` has opened ends. The token stays good.
   */
  async disconnect(): Promise<void> {
    this.#presence.end()
    this.#leaving.abort()
    this.#leaving = new AbortController()
    await this.#session.request({ method: 'POST', path: 'disconnect', retry: 'when unanswered' })
  }

  /**
   * Signs out: ends the session for good and drops the token, also when the server had already ended it. Without an
   * answer (`GuestlistNetworkError`) the token stays, so that this can be called again.
   *
   * With the scope `others` it ends all the other sessions of the person, and the token stays. With `all` it ends these
   * and its own; that rejects with `session_ended` where its own was over already, for then the others may not be.
   */
  async logout({ scope = 'this' }: LogoutInput = {}): Promise<void> {
    const request: ApiRequest = { method: 'POST', path: 'logout', retry: 'when unanswered' }
    if (scope === 'this') return this.#session.endUnlessOver(request)
    if (scope === 'others') await this.#session.request({ ...request, body: { scope } })
    // Not asked twice: that it is over would not tell whether the first time did it.
    else await this.#session.end({ ...request, body: { scope }, retry: 'when undone' })
  }

  /** Where the signed-in person is signed in, the latest sign-in first. Codes: `person_required`. */
  async listSessions(): Promise<Session[]> {
    return (await this.#session.request({ method: 'GET', path: 'sessions' })) as Session[]
  }

  /**
   * Ends one of these sessions for good, by its `id`. To end that of this client, call `logout`. Codes: `not_found`,
   * `person_required`.
   *
   * @throws TypeError when the id is empty, a dot segment, or holds `/ ? # \` or control characters; nothing is sent
   */
  async endSession(id: string): Promise<void> {
    await this.#session.request({ method: 'DELETE', path: `sessions/${pathSegment(id)}` })
  }

  /** What only the signed-in person sees of their account. Codes: `person_required`. */
  async getAccount(): Promise<Account> {
    return (await this.#session.request({ method: 'GET', path: 'account' })) as Account
  }

  /**
   * Changes the email address by which the person signs in, or sets it. Codes: `invalid_credentials` when the password is
   * wrong, `reauthentication_required` when there is none and the last sign-in is older than 10 minutes, `email_taken`,
   * `validation_failed`, `person_required`.
   */
  async changeEmail(input: ChangeEmailInput): Promise<Account> {
    return (await this.#session.request({ method: 'PATCH', path: 'account', body: input })) as Account
  }

  /**
   * Changes the password, or sets the first, and ends all the other sessions of the person. The client keeps the fresh
   * token that is answered, and uses it at once, so that a thief of the old one is noticed. Codes: `invalid_credentials`
   * when the current password is wrong, `reauthentication_required` when there is none and the last sign-in is older
   * than 10 minutes, `weak_password`, `validation_failed`, `person_required`.
   */
  async changePassword(input: ChangePasswordInput): Promise<RefreshResult> {
    return await this.#session.renew({ method: 'POST', path: 'password', body: input })
  }

  /**
   * Deletes the signed-in person's account for good and drops the token. Codes: `reauthentication_required` when they
   * have signed in more than 10 minutes ago, so that they have to sign in again first; `person_required`.
   */
  async deleteAccount(): Promise<void> {
    await this.#session.end({ method: 'DELETE', path: 'me' })
  }

  /** The services through which people can sign in here, by name; sent without a token. */
  async listOAuthProviders(): Promise<OAuthProvider[]> {
    return (await this.#send({ method: 'GET', path: 'oauth/providers' })) as OAuthProvider[]
  }

  /**
   * Starts signing in through a provider, or joining with an invite code; sent without a token. Send the browser to
   * `authorizationUrl`; it comes back to `returnTo` with a code for `completeOAuth`. Codes: `not_found`, `oauth_failed`
   * when the provider does not answer, `username_taken`, `validation_failed`.
   *
   * @throws TypeError when there is no page and no `returnTo`, or the provider's name cannot stand in a path; nothing is sent
   */
  async loginWithOAuth(provider: string, { returnTo, ...input }: OAuthLoginInput = {}): Promise<OAuthStart> {
    const path = `oauth/${pathSegment(provider)}/login`
    const body = { ...input, returnTo: returnAddress(returnTo) }
    return this.#oauth.begin(await this.#send({ method: 'POST', path, body }))
  }

  /**
   * Starts linking an account at a provider to that of the signed-in person; it goes on as `loginWithOAuth` does. Codes:
   * `not_found`, `oauth_failed`, `reauthentication_required` when they have signed in more than 10 minutes ago,
   * `validation_failed`, `person_required`.
   *
   * @throws TypeError as `loginWithOAuth` does
   */
  async linkOAuthAccount(provider: string, { returnTo }: OAuthLinkInput = {}): Promise<OAuthStart> {
    const path = `oauth/${pathSegment(provider)}/link`
    const body = { returnTo: returnAddress(returnTo) }
    return this.#oauth.begin(await this.#session.request({ method: 'POST', path, body }))
  }

  /**
   * Exchanges the `oauth_code` that the browser came back with, once: signs in, makes an account or links. The client
   * keeps the token that is answered. Codes: `oauth_failed` when the provider confirmed nobody, `oauth_flow_invalid`
   * when the flow is over, or not this client's; `invite_invalid` (also when there is no account and no invite was
   * given), `invite_expired`, `invite_used_up`, `username_taken`, `account_disabled`; of a link `oauth_account_taken`.
   */
  async completeOAuth(code: string, { flowSecret }: OAuthCompleteOptions = {}): Promise<SignInResult> {
    const secret = flowSecret ?? this.#oauth.read()
    try {
      const request: ApiRequest = { method: 'POST', path: 'oauth/token', body: { code, flowSecret: secret } }
      const answer = (await this.#session.complete(request)) as SignInResult
      this.#oauth.settle(secret)
      return answer
    } catch (error) {
      this.#oauth.settle(secret, error)
      throw error
    }
  }

  /**
   * To be called when a page opens: where the browser has come back from a provider, takes the code out of the page's
   * address and exchanges it as `completeOAuth` does. Answers undefined on any other page.
   */
  async completeOAuthReturn(): Promise<SignInResult | undefined> {
    const code = takeCodeFromAddress()
    return code === undefined ? undefined : await this.completeOAuth(code)
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
   * Has a reset code mailed to somebody who has forgotten their password; sent without a token. It succeeds also when
   * nobody has this address, so that it tells no stranger who is here. Codes: `not_found` when the server sends no mail
   * (`getConfig` says so: `passwordReset.byMail`), `validation_failed`.
   */
  async requestPasswordReset(email: string): Promise<void> {
    const request = { method: 'POST', path: 'password/forgot', body: { email } } as const
    await this.#send({ ...request, retry: 'when unanswered' })
  }

  /**
   * Sets a new password by a reset code; sent without a token, and signs nobody in. Codes: `reset_code_invalid`,
   * `validation_failed`, `weak_password`.
   */
  async resetPassword(input: ResetPasswordInput): Promise<void> {
    await this.#send({ method: 'POST', path: 'password/reset', body: input })
  }

  /** The bots of the signed-in person, the newest first. Codes: `person_required`. */
  async listBots(): Promise<Bot[]> {
    return (await this.#session.request({ method: 'GET', path: 'bots' })) as Bot[]
  }

  /**
   * Makes a bot, which acts for itself by a token of its own. The client goes on as the person; give the bot's token to
   * the program that is the bot. Codes: `username_taken`, `bot_limit_reached`, `validation_failed`, `person_required`.
   */
  async createBot(input: CreateBotInput): Promise<BotWithToken> {
    return (await this.#session.request({ method: 'POST', path: 'bots', body: input })) as BotWithToken
  }

  /**
   * Makes a new token for a bot, by its `id`; the one before is refused at once. Codes: `not_found`,
   * `validation_failed`, `person_required`.
   *
   * @throws TypeError when the id is empty, a dot segment, or holds `/ ? # \` or control characters; nothing is sent
   */
  async rotateBotToken(id: string, input?: RotateBotTokenInput): Promise<BotWithToken> {
    const path = `bots/${pathSegment(id)}/token`
    // A token whose answer was lost is of no use to anybody, so another one does no harm.
    const request: ApiRequest = { method: 'POST', path, body: input, retry: 'when unanswered' }
    return (await this.#session.request(request)) as BotWithToken
  }

  /**
   * Deletes a bot's account for good, by its `id`. Codes: `not_found`, `person_required`.
   *
   * @throws TypeError when the id is empty, a dot segment, or holds `/ ? # \` or control characters; nothing is sent
   */
  async deleteBot(id: string): Promise<void> {
    await this.#session.request({ method: 'DELETE', path: `bots/${pathSegment(id)}` })
  }

  /**
   * People who are online, a page at a time: go on with `after` set to the `next` of the page before. Codes:
   * `validation_failed`.
   */
  async listPresence({ limit, after }: ListPresenceInput = {}): Promise<PresencePage> {
    return (await this.#session.request({
      method: 'GET',
      path: withQuery('presence', { limit, after }),
    })) as PresencePage
  }

  /**
   * Watches people come and go: first a `snapshot` of everybody who is online, then `online` and `offline` as it
   * happens. Where something may have been missed there is a `snapshot` again. Whoever watches is online themselves.
   *
   * It asks for server-sent events (HTML living standard, section 9.2) when the first event is awaited, and reads on as
   * events are awaited, never ahead. A stream that ends, breaks off or is silent for 60 seconds is opened again behind
   * the last event (`Last-Event-ID`), after a pause that grows up to 30 seconds or the server's `Retry-After`, for as
   * long as it takes; `maxRetries` does not matter. The token is refreshed as for every request.
   *
   * It ends without an error by `break`, `return()` or the `signal`, all of which close the connection, and by
   * `disconnect`. Awaiting an event rejects with a `GuestlistError` when waiting would not help: `session_ended` or
   * `token_missing`, as after a `logout`, or `invalid_answer` of what is no Guestlist. Each call is a stream of its own.
   */
  watchPresence({ signal }: WatchPresenceOptions = {}): AsyncIterableIterator<PresenceEvent> {
    return this.#watch([this.#leaving.signal, ...(signal === undefined ? [] : [signal])])
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
