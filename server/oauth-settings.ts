import type { Environment, ReadSetting } from './config.ts'
import { oauthPresets } from './oauth-presets.ts'
import { isLoopback, type Origins, parseOrigins } from './origins.ts'
import { must } from './refusal.ts'

export interface OAuthSettings {
  /** In the order of their names. */
  readonly providers: readonly ProviderSettings[]
  /** Where people may be sent back to once a provider has told who they are. */
  readonly returnOrigins: Origins
}

/** A provider through which people may sign in. */
export type ProviderSettings = OpenIdSettings | PlainOAuthSettings

interface ClientSettings {
  /** Stands in paths: `/api/auth/oauth/<name>/login`. */
  readonly name: string
  /** What people call it. */
  readonly label: string
  readonly clientId: string
  readonly clientSecret: string
}

interface OpenIdKind {
  readonly kind: 'openid'
  readonly issuer: string
  readonly scopes: readonly string[]
}

interface PlainOAuthKind {
  readonly kind: 'plain'
  /** Under this name its identities are kept; it is no address. */
  readonly issuer: string
  readonly scopes: readonly string[]
  readonly authorizationUrl: string
  readonly tokenUrl: string
  readonly userInfoUrl: string
  /** What it calls itself in an authorization response (RFC 9207); undefined where that is not known. */
  readonly responseIssuer: string | undefined
  readonly fields: ProfileFields
}

/** OpenID Connect: its issuer tells the rest (Discovery 1.0, section 4). */
export type OpenIdSettings = ClientSettings & OpenIdKind

/** OAuth 2.0 without an identity layer: an endpoint of the provider's own tells who somebody is. */
export type PlainOAuthSettings = ClientSettings & PlainOAuthKind

/** What a preset knows of a provider. */
export type ProviderPreset = Readonly<{ label: string }> & (OpenIdKind | PlainOAuthKind)

/** Which fields of the user-info answer tell what; the first that is there counts. */
export interface ProfileFields {
  readonly subject: readonly string[]
  readonly email: readonly string[]
  readonly displayName: readonly string[]
  /** The public name that somebody has chosen there. */
  readonly handle: readonly string[]
}

interface Reading {
  readonly environment: Environment
  readonly read: ReadSetting
  readonly problems: string[]
  readonly publicUrl: string | undefined
}

const settingForm =
  /^OAUTH_([A-Z0-9]+(?:_[A-Z0-9]+)*?)_(CLIENT_ID|CLIENT_SECRET|CLIENT_SECRET_FILE|ISSUER|SCOPES|LABEL|AUTHORIZATION_URL|TOKEN_URL|USERINFO_URL)$/
const plainUrls = ['AUTHORIZATION_URL', 'TOKEN_URL', 'USERINFO_URL'] as const

/** Paths under `/api/auth/oauth/` that are something else, and what a session can be opened by beside a provider. */
const reservedNames = [
  ...['accounts', 'providers', 'token', 'callback'],
  ...['password', 'registration', 'invite', 'email', 'mail', 'passkey', 'webauthn', 'totp', 'recovery-code', 'bot'],
]

/** Reads every `OAUTH_*` setting. A provider is there when one of its settings is. */
export function parseOAuthSettings(reading: Reading): OAuthSettings {
  const { environment, read, problems, publicUrl } = reading
  const isSet = (name: string): boolean => Boolean(environment[name]?.trim())
  const names = new Set(
    Object.keys(environment)
      .filter(isSet)
      .map((name) => settingForm.exec(name)?.[1])
      .filter((name) => name !== undefined),
  )
  const providers = [...names].toSorted().map((name) => parseProvider(reading, name))
  const isLocal = publicUrl !== undefined && isLoopback(new URL(publicUrl).hostname)
  const returnOrigins = read('OAUTH_RETURN_ORIGINS', '', (text) => parseOrigins(text, isLocal))
  if (names.size > 0 && publicUrl !== undefined && returnOrigins?.length === 0) {
    problems.push('OAUTH_RETURN_ORIGINS must name where people come back to, like https://chat.example')
  }
  return { providers, returnOrigins }
}

function parseProvider({ environment, read, problems }: Reading, upperName: string): ProviderSettings {
  const name = upperName.toLowerCase().replaceAll('_', '-')
  const nameOf = (setting: string): string => `OAUTH_${upperName}_${setting}`
  const isSet = (setting: string): boolean => Boolean(environment[nameOf(setting)]?.trim())
  const preset = Object.hasOwn(oauthPresets, name) ? oauthPresets[name] : undefined
  const isPlain = plainUrls.some(isSet)
  if (reservedNames.includes(name)) problems.push(`a provider must not be called ${name}, as by ${nameOf('CLIENT_ID')}`)
  if (!isSet('CLIENT_ID')) problems.push(`${nameOf('CLIENT_ID')} must be set beside the other settings of ${name}`)
  if (!isSet('CLIENT_SECRET') && !isSet('CLIENT_SECRET_FILE')) {
    problems.push(`${nameOf('CLIENT_SECRET')} must be set beside ${nameOf('CLIENT_ID')}`)
  }
  const foreign = ['ISSUER', ...plainUrls].find(isSet)
  // Or accounts at one provider would pass for accounts at another.
  if (preset && foreign) problems.push(`${nameOf(foreign)} must not be set: for another provider choose another name`)
  if (isPlain && isSet('ISSUER')) problems.push(`${nameOf('ISSUER')} must not be set beside ${nameOf('TOKEN_URL')}`)

  const readUrl = (setting: string): string => read(nameOf(setting), '', parseEndpoint)
  const kind = preset ?? (isPlain ? readPlain(name, readUrl) : readOpenId(readUrl))
  return {
    ...kind,
    name,
    label: read(nameOf('LABEL'), preset?.label ?? labelOf(name), parseLabel),
    clientId: environment[nameOf('CLIENT_ID')]?.trim() ?? '',
    clientSecret: environment[nameOf('CLIENT_SECRET')]?.trim() ?? '',
    scopes: read(nameOf('SCOPES'), kind.scopes.join(' '), (text) => parseScopes(text, kind.kind)),
  }
}

const readOpenId = (readUrl: (setting: string) => string): OpenIdKind => ({
  kind: 'openid',
  issuer: readUrl('ISSUER'),
  scopes: ['openid', 'profile', 'email'],
})

function readPlain(name: string, readUrl: (setting: string) => string): PlainOAuthKind {
  const [authorizationUrl, tokenUrl, userInfoUrl] = [...plainUrls.map(readUrl)] as [string, string, string]
  return {
    kind: 'plain',
    // By name, for two can be of one origin, and by where it tells who people are: a name that comes to mean another
    // provider links nobody to it.
    issuer: `oauth:${name}@${URL.canParse(userInfoUrl) ? new URL(userInfoUrl).origin : ''}`,
    authorizationUrl,
    tokenUrl,
    userInfoUrl,
    responseIssuer: undefined,
    scopes: [],
    fields: {
      subject: ['sub', 'id'],
      email: ['email'],
      displayName: ['name', 'display_name'],
      handle: ['preferred_username', 'username', 'login'],
    },
  }
}

/** Whether nobody can listen on the way: https, or http on this machine. */
export const isSafeEndpoint = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))

function parseEndpoint(text: string): string {
  const form = 'an https URL, or an http URL of this machine'
  const url = URL.canParse(text) ? new URL(text) : must(form)
  return isSafeEndpoint(url) && !url.username && !url.password && !url.hash ? text : must(form)
}

/** RFC 6749, section 3.3; OpenID Connect is asked for by a scope (Core 1.0, section 3.1.2.1). */
function parseScopes(text: string, kind: ProviderSettings['kind']): string[] {
  const scopes = text.split(/[\s,]+/).filter((scope) => scope !== '')
  if (!scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) must('scopes, separated by spaces')
  return kind === 'openid' && !scopes.includes('openid') ? must('scopes with openid among them') : scopes
}

function parseLabel(text: string): string {
  return text.length <= 64 && !/\p{Cc}/u.test(text) ? text : must('a name of at most 64 characters')
}

const labelOf = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`
