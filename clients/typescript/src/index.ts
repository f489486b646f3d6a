export type {
  InviteStatus,
  OAuthAccount,
  Presence,
  Profile,
  RefreshResult,
  SignInResult,
  User,
} from './answers.ts'
export type { GuestlistClientOptions } from './client-options.ts'
export type { ErrorCode, NetworkErrorCode } from './error-code.ts'
export { GuestlistClient } from './guestlist-client.ts'
export { type FieldError, GuestlistError, type GuestlistErrorFields } from './guestlist-error.ts'
export { GuestlistNetworkError } from './guestlist-network-error.ts'
export type { LoginInput, RegisterInput, RegisterOptions, ResetPasswordInput, UpdateProfileInput } from './inputs.ts'
export { memoryStorage } from './memory-storage.ts'
export type { ServerConfig } from './server-config.ts'
export type { TokenStorage } from './token-storage.ts'
export type { Fetch } from './transport.ts'
export { type WebStorageArea, webStorage } from './web-storage.ts'
