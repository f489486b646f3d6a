// Checked by the compiler, never run: what must compile, and below each @ts-expect-error what must not.
import {
  type ErrorCode,
  GuestlistClient,
  GuestlistError,
  GuestlistNetworkError,
  type InviteStatus,
  memoryStorage,
  type NetworkErrorCode,
  type OAuthAccount,
  type Profile,
  type ServerConfig,
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
