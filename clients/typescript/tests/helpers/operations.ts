import type { GuestlistClient } from '../../src/index.ts'

const credentials = { email: 'alice@example.com', password: 'secure-password' }

/** Every operation of the client, by whether it may be sent again when nobody knows whether it was done. */
export const safeOperations: Record<string, (client: GuestlistClient) => Promise<unknown>> = {
  getMe: (client) => client.getMe(),
  getUserProfile: (client) => client.getUserProfile('1'),
  listOAuthAccounts: (client) => client.listOAuthAccounts(),
  listOAuthProviders: (client) => client.listOAuthProviders(),
  getConfig: (client) => client.getConfig(),
  refreshToken: (client) => client.refreshToken(),
  disconnect: (client) => client.disconnect(),
  logout: (client) => client.logout(),
  'logout of others': (client) => client.logout({ scope: 'others' }),
  listSessions: (client) => client.listSessions(),
  getAccount: (client) => client.getAccount(),
  requestPasswordReset: (client) => client.requestPasswordReset('alice@example.com'),
  listBots: (client) => client.listBots(),
  rotateBotToken: (client) => client.rotateBotToken('1'),
  listPresence: (client) => client.listPresence(),
  register: (client) => client.register({ ...credentials, username: 'alice', inviteCode: 'ABC123' }),
}

export const unsafeOperations: Record<string, (client: GuestlistClient) => Promise<unknown>> = {
  login: (client) => client.login(credentials),
  updateProfile: (client) => client.updateProfile({ displayName: 'A' }),
  loginWithOAuth: (client) => client.loginWithOAuth('github', { returnTo: 'http://localhost/' }),
  linkOAuthAccount: (client) => client.linkOAuthAccount('github', { returnTo: 'http://localhost/' }),
  completeOAuth: (client) => client.completeOAuth('code', { flowSecret: 'secret' }),
  unlinkOAuthAccount: (client) => client.unlinkOAuthAccount('1'),
  checkInvite: (client) => client.checkInvite('ABC123'),
  resetPassword: (client) => client.resetPassword({ code: 'R', password: 'secure-password' }),
  'logout of all': (client) => client.logout({ scope: 'all' }),
  endSession: (client) => client.endSession('1'),
  changeEmail: (client) => client.changeEmail({ email: 'alice@example.org', currentPassword: 'secure-password' }),
  changePassword: (client) => client.changePassword({ currentPassword: 'secure-password', newPassword: 'another' }),
  deleteAccount: (client) => client.deleteAccount(),
  createBot: (client) => client.createBot({ username: 'robot' }),
  deleteBot: (client) => client.deleteBot('1'),
}
