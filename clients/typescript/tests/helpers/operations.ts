import type { GuestlistClient } from '../../src/index.ts'

const credentials = { email: 'alice@example.com', password: 'secure-password' }

/** Every operation of the client, by whether it may be sent again when nobody knows whether it was done. */
export const safeOperations: Record<string, (client: GuestlistClient) => Promise<unknown>> = {
  getMe: (client) => client.getMe(),
  getUserProfile: (client) => client.getUserProfile('1'),
  listOAuthAccounts: (client) => client.listOAuthAccounts(),
  getConfig: (client) => client.getConfig(),
  refreshToken: (client) => client.refreshToken(),
  disconnect: (client) => client.disconnect(),
  logout: (client) => client.logout(),
  register: (client) => client.register({ ...credentials, username: 'alice', inviteCode: 'ABC123' }),
}

export const unsafeOperations: Record<string, (client: GuestlistClient) => Promise<unknown>> = {
  login: (client) => client.login(credentials),
  updateProfile: (client) => client.updateProfile({ displayName: 'A' }),
  unlinkOAuthAccount: (client) => client.unlinkOAuthAccount('1'),
  checkInvite: (client) => client.checkInvite('ABC123'),
  resetPassword: (client) => client.resetPassword({ code: 'R', password: 'secure-password' }),
}
