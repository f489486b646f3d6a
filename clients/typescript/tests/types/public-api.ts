// Checked by the compiler, never run: what must compile, and below each @ts-expect-error what must not.
import {
  type Account,
  type Bot,
  type BotWithToken,
  type ErrorCode,
  GuestlistClient,
  GuestlistError,
  GuestlistNetworkError,
  type InviteStatus,
  memoryStorage,
  type NetworkErrorCode,
  type OAuthAccount,
  type OAuthProvider,
  type OAuthStart,
  type PresenceEvent,
  type PresencePage,
  type Profile,
  type ServerConfig,
  type Session,
  type SignInResult,
  type TokenStorage,
  type User,
  webStorage,
} from '../../src/index.ts'

const baseUrl = 'http://localhost:3000'
export const client = new GuestlistClient({ baseUrl, token: 'a', fetch, storage: memoryStorage(), timeout: 1000 })
new GuestlistClient({ baseUrl, maxRetries: 0 })
new GuestlistClient({ baseUrl, token: undefined, storage: webStorage(localStorage, 'key') })
new GuestlistClient({ baseUrl, fetch: globalThis.fetch, storage: webStorage(() => sessionStorage) })

// @ts-expect-error baseUrl is required
new GuestlistClient({})
// @ts-expect-error a URL object is not taken
new GuestlistClient({ baseUrl: new URL(baseUrl) })
// @ts-expect-error there is no such option
new GuestlistClient({ baseUrl, retries: 3 })

export const memory: TokenStorage = { get: () => null, set: () => {}, remove: () => {} }
export const asynchronous: TokenStorage = {
  get: async () => null,
  set: async () => {},
  remove: async () => {},
  lockName: 'a',
}
// @ts-expect-error the storage must be able to forget
export const halfAStorage: TokenStorage = { get: () => null, set: () => {} }

export async function answers(): Promise<unknown> {
  const me: User = await client.getMe()
  const profile: Profile = await client.getUserProfile('id')
  const accounts: OAuthAccount[] = await client.listOAuthAccounts()
  const invite: InviteStatus = await client.checkInvite('ABC123')
  const config: ServerConfig = await client.getConfig()
  const { token, user }: { token: string; user: User } = await client.login({ email: 'a', password: 'b' })
  const refreshed: { token: string } = await client.refreshToken()
  const stop: () => void = client.startPresence()
  await Promise.all<void>([
    client.logout(),
    client.disconnect(),
    client.unlinkOAuthAccount('id'),
    client.resetPassword({ code: 'a', password: 'b' }),
  ])
  const seen: string | null = profile.presence.lastSeenAt
  const status: 'online' | 'offline' = profile.presence.status
  // @ts-expect-error a User has no presence
  me.presence
  // @ts-expect-error a profile never shows an email address
  profile.email
  // @ts-expect-error answers are read-only
  me.displayName = 'A'
  return [me, accounts, invite, config, token, user, refreshed, stop, seen, status]
}

export async function account(): Promise<unknown> {
  const sessions: Session[] = await client.listSessions()
  const own: Account = await client.getAccount()
  const changed: Account = await client.changeEmail({ email: 'a', currentPassword: 'b' })
  const { token }: { token: string } = await client.changePassword({ currentPassword: 'a', newPassword: 'b' })
  const bots: Bot[] = await client.listBots()
  const made: BotWithToken = await client.createBot({ username: 'a', displayName: undefined, expiresAt: null })
  const rotated: BotWithToken = await client.rotateBotToken('id')
  const { passwordReset }: ServerConfig = await client.getConfig()
  await Promise.all<void>([
    client.logout({ scope: 'others' }),
    client.logout({ scope: undefined }),
    client.endSession('id'),
    client.deleteAccount(),
    client.deleteBot('id'),
    client.requestPasswordReset('a'),
  ])
  const byMail: boolean = passwordReset.byMail
  const isCurrent: boolean | undefined = sessions[0]?.isCurrent
  const expiresAt: string | null = made.bot.expiresAt
  const isBot: boolean | undefined = bots[0]?.isBot
  // @ts-expect-error a listed bot does not show its token
  bots[0]?.token
  return [own, changed, token, rotated, byMail, isCurrent, expiresAt, isBot]
}

// @ts-expect-error there is no such scope
client.logout({ scope: 'some' })
client.changePassword({ newPassword: 'b' })
client.changeEmail({ email: 'b' })
// @ts-expect-error the new password is required
client.changePassword({ currentPassword: 'b' })

export async function oauth(): Promise<unknown> {
  const [provider]: OAuthProvider[] = await client.listOAuthProviders()
  const start: OAuthStart = await client.loginWithOAuth(provider?.name ?? '', { inviteCode: 'a', username: undefined })
  await client.linkOAuthAccount('github', { returnTo: 'https://chat.example' })
  const back: SignInResult | undefined = await client.completeOAuthReturn()
  const signedIn: SignInResult = await client.completeOAuth('code', { flowSecret: start.flowSecret })
  const email: string | null = (await client.getAccount()).email
  return [back, signedIn, email]
}
// @ts-expect-error a provider is required
client.loginWithOAuth()
// @ts-expect-error a link makes no account
client.linkOAuthAccount('github', { inviteCode: 'a' })
// @ts-expect-error a time is a string
client.createBot({ username: 'a', expiresAt: new Date() })
client.rotateBotToken('id', { expiresAt: '2027-01-01T00:00:00.000Z' })

export async function presence(): Promise<unknown> {
  const page: PresencePage = await client.listPresence({ limit: 10, after: undefined })
  const next: PresencePage | undefined =
    page.next === null ? undefined : await client.listPresence({ after: page.next })
  const seen = new Set<string>()
  for await (const event of client.watchPresence({ signal: AbortSignal.timeout(1000) })) {
    // @ts-expect-error a snapshot is of everybody
    if (event.type === 'snapshot') event.userId
    if (event.type === 'snapshot') for (const id of event.userIds) seen.add(id)
    else if (event.type === 'online') seen.add(event.userId)
    // @ts-expect-error answers are read-only
    else event.at = ''
  }
  const iterable: AsyncIterable<PresenceEvent> = client.watchPresence()
  const first: IteratorResult<PresenceEvent> = await client.watchPresence().next()
  return [next, iterable, first]
}
// @ts-expect-error the option has another name
client.watchPresence({ abort: new AbortController().signal })

const registration = { email: 'a', password: 'b', username: 'c', inviteCode: 'd' }
client.register(registration)
client.register({ ...registration, displayName: undefined }, { idempotencyKey: 'key' })
// @ts-expect-error an invite code is required
client.register({ email: 'a', password: 'b', username: 'c' })
// @ts-expect-error the option has another name
client.register(registration, { key: 'key' })

client.updateProfile({})
client.updateProfile({ displayName: undefined, avatarUrl: null })
// @ts-expect-error a display name cannot be removed
client.updateProfile({ displayName: null })
// @ts-expect-error there is no such field
client.updateProfile({ username: 'bob' })
// @ts-expect-error an id is required
client.getUserProfile()
// @ts-expect-error an id is a string
client.unlinkOAuthAccount(7)

export function read(error: unknown): ErrorCode | NetworkErrorCode | undefined {
  if (error instanceof GuestlistNetworkError) {
    const code: NetworkErrorCode = error.code
    // @ts-expect-error the server does not send this code
    const never = error.code === 'session_ended'
    return never ? undefined : code
  }
  if (!(error instanceof GuestlistError)) return undefined
  const seconds: number | undefined = error.retryAfter
  const paths: string[] = error.errors.map(({ path }) => path)
  // @ts-expect-error no server has such a code
  if (error.code === 'session_over') return undefined
  return seconds === undefined || paths.length > 0 ? error.code : undefined
}
