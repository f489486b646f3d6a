import { changeEmail } from './accounts/change-email.ts'
import { changePassword } from './accounts/change-password.ts'
import { deleteMe } from './accounts/delete-me.ts'
import { getAccount } from './accounts/get-account.ts'
import { getMe } from './accounts/get-me.ts'
import { getUserProfile } from './accounts/get-user-profile.ts'
import { login } from './accounts/login.ts'
import { register } from './accounts/register.ts'
import { requestPasswordReset } from './accounts/request-password-reset.ts'
import { getResetPageAsset } from './accounts/reset-page/get-reset-page-asset.ts'
import { showResetPage } from './accounts/reset-page/show-reset-page.ts'
import { resetPassword } from './accounts/reset-password.ts'
import { updateMe } from './accounts/update-me.ts'
import { addBot } from './bots/add-bot.ts'
import { deleteBot } from './bots/delete-bot.ts'
import { listOwnBots } from './bots/list-own-bots.ts'
import { renewBotToken } from './bots/renew-bot-token.ts'
import { checkInvite } from './invites/check-invite.ts'
import { completeOAuth } from './oauth/complete-oauth.ts'
import { finishOAuth } from './oauth/finish-oauth.ts'
import { linkOAuthAccount } from './oauth/link-oauth-account.ts'
import { listOAuthAccounts } from './oauth/list-oauth-accounts.ts'
import { listOAuthProviders } from './oauth/list-oauth-providers.ts'
import { loginWithOAuth } from './oauth/login-with-oauth.ts'
import { unlinkOAuthAccount } from './oauth/unlink-oauth-account.ts'
import { getOpenApi } from './openapi/get-openapi.ts'
import { getReferenceAsset } from './openapi/get-reference-asset.ts'
import { showReference } from './openapi/show-reference.ts'
import { disconnect } from './presence/disconnect.ts'
import { listPresence } from './presence/list-presence.ts'
import { streamPresence } from './presence/stream-presence.ts'
import type { Route } from './route.ts'
import { describeServer } from './service/describe-server.ts'
import { getConfig } from './service/get-config.ts'
import { getHealth } from './service/get-health.ts'
import { getReadiness } from './service/get-readiness.ts'
import { endSession } from './sessions/end-session.ts'
import { getJwks } from './sessions/get-jwks.ts'
import { listSessions } from './sessions/list-sessions.ts'
import { logout } from './sessions/logout.ts'
import { refresh } from './sessions/refresh.ts'

export const routes: readonly Route[] = [
  ['GET', '/api/auth/me', 'general', 'token', 'no body', getMe],
  ['PATCH', '/api/auth/me', 'general', 'token', 'json', updateMe],
  ['DELETE', '/api/auth/me', 'general', 'person', 'no body', deleteMe],
  ['GET', '/api/auth/account', 'general', 'person', 'no body', getAccount],
  ['PATCH', '/api/auth/account', 'login', 'person', 'json', changeEmail],
  ['GET', '/api/auth/users/:id', 'general', 'token', 'no body', getUserProfile],
  ['POST', '/api/auth/register', 'register', 'public', 'json', register],
  ['POST', '/api/auth/login', 'login', 'public', 'json', login],
  ['POST', '/api/auth/refresh', 'general', 'own', 'no body', refresh],
  ['POST', '/api/auth/disconnect', 'general', 'own', 'no body', disconnect],
  ['GET', '/api/auth/presence', 'general', 'token', 'no body', listPresence],
  ['GET', '/api/auth/presence/stream', 'general', 'token', 'no body', streamPresence],
  ['POST', '/api/auth/logout', 'general', 'person', 'no body', logout],
  ['GET', '/api/auth/sessions', 'general', 'person', 'no body', listSessions],
  ['DELETE', '/api/auth/sessions/:id', 'general', 'person', 'no body', endSession],
  ['POST', '/api/auth/password/forgot', 'guess', 'public', 'json', requestPasswordReset],
  ['POST', '/api/auth/password', 'login', 'person', 'json', changePassword],
  ['POST', '/api/auth/password/reset', 'guess', 'public', 'json', resetPassword],
  ['POST', '/api/auth/invites/check', 'guess', 'public', 'json', checkInvite],
  ['GET', '/api/auth/oauth/accounts', 'general', 'person', 'no body', listOAuthAccounts],
  ['DELETE', '/api/auth/oauth/accounts/:accountId', 'general', 'person', 'no body', unlinkOAuthAccount],
  ['GET', '/api/auth/oauth/providers', 'general', 'public', 'no body', listOAuthProviders],
  ['POST', '/api/auth/oauth/token', 'general', 'public', 'json', completeOAuth],
  ['POST', '/api/auth/oauth/:provider/login', 'login', 'public', 'json', loginWithOAuth],
  ['POST', '/api/auth/oauth/:provider/link', 'login', 'person', 'json', linkOAuthAccount],
  ['GET', '/api/auth/oauth/:provider/callback', 'general', 'public', 'no body', finishOAuth],
  ['GET', '/api/auth/bots', 'general', 'person', 'no body', listOwnBots],
  ['POST', '/api/auth/bots', 'register', 'person', 'json', addBot],
  ['DELETE', '/api/auth/bots/:id', 'general', 'person', 'no body', deleteBot],
  ['POST', '/api/auth/bots/:id/token', 'register', 'person', 'no body', renewBotToken],
  ['GET', '/api/auth/config', 'general', 'public', 'no body', getConfig],
  ['GET', '/.well-known/jwks.json', 'general', 'public', 'no body', getJwks],
  ['GET', '/openapi.json', 'general', 'public', 'no body', getOpenApi],
  ['GET', '/docs', 'general', 'public', 'no body', showReference],
  ['GET', '/docs/:asset', 'general', 'public', 'no body', getReferenceAsset],
  ['GET', '/reset-password', 'general', 'public', 'no body', showResetPage],
  ['GET', '/reset-password/:asset', 'general', 'public', 'no body', getResetPageAsset],
  ['GET', '/healthz', 'none', 'public', 'no body', getHealth],
  ['GET', '/readyz', 'none', 'public', 'no body', getReadiness],
  ['GET', '/', 'general', 'public', 'no body', describeServer],
]
