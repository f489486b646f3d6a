export type {
  Account,
  Bot,
  BotWithToken,
  InviteStatus,
  OAuthAccount,
  OAuthProvider,
  OAuthStart,
  Presence,
  PresenceEvent,
  PresencePage,
  Profile,
  RefreshResult,
  Session,
  SignInResult,
  User,
} from './answers.ts'
export type { GuestlistClientOptions } from './client-options.ts'
export type { ErrorCode, NetworkErrorCode } from './error-code.ts'
export { GuestlistClient } from './guestlist-client.ts'
export { type FieldError, GuestlistError, type GuestlistErrorFields } from './guestlist-error.ts'
export { GuestlistNetworkError } from './guestlist-network-error.ts'
export type {
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
export { memoryStorage } from './memory-storage.ts'
export type { ServerConfig } from './server-config.ts'
export type { TokenStorage } from './token-storage.ts'
export type { Fetch } from './transport.ts'
export { type WebStorageArea, webStorage } from './web-storage.ts'
