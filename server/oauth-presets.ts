import type { ProviderPreset } from './oauth-settings.ts'

/** Providers that need an id and a secret only, by name, as their documentation describes them. */
export const oauthPresets: Readonly<Record<string, ProviderPreset>> = {
  // docs.github.com: Authorizing OAuth apps; REST API, Get the authenticated user.
  github: {
    kind: 'plain',
    label: 'GitHub',
    issuer: 'oauth:github',
    // Without any it tells what everybody may see of somebody.
    scopes: [],
    authorizationUrl: 'https://github.com/login/oauth/authorize',
    tokenUrl: 'https://github.com/login/oauth/access_token',
    userInfoUrl: 'https://api.github.com/user',
    responseIssuer: 'https://github.com/login/oauth',
    fields: { subject: ['id'], email: ['email'], displayName: ['name'], handle: ['login'] },
  },
  // discord.com/developers/docs: OAuth2; User Resource, Get Current User.
  discord: {
    kind: 'plain',
    label: 'Discord',
    issuer: 'oauth:discord',
    scopes: ['identify', 'email'],
    authorizationUrl: 'https://discord.com/oauth2/authorize',
    tokenUrl: 'https://discord.com/api/oauth2/token',
    userInfoUrl: 'https://discord.com/api/users/@me',
    responseIssuer: undefined,
    fields: { subject: ['id'], email: ['email'], displayName: ['global_name'], handle: ['username'] },
  },
  // developers.google.com/identity/openid-connect/openid-connect.
  google: {
    kind: 'openid',
    label: 'Google',
    issuer: 'https://accounts.google.com',
    scopes: ['openid', 'profile', 'email'],
  },
}
