import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { parseConfig } from '../../server/config.ts'
import { withoutSecrets } from '../../server/secret-files.ts'
import { refusalOf } from '../helpers/refusal.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

const github = { OAUTH_GITHUB_CLIENT_ID: 'id', OAUTH_GITHUB_CLIENT_SECRET: 'hunter2' }
const club = {
  OAUTH_CLUB_CLIENT_ID: 'id',
  OAUTH_CLUB_CLIENT_SECRET: 'hunter2',
  OAUTH_CLUB_ISSUER: 'https://id.example/realm',
}
const guild = {
  OAUTH_OUR_GUILD_CLIENT_ID: 'id',
  OAUTH_OUR_GUILD_CLIENT_SECRET: 'hunter2',
  OAUTH_OUR_GUILD_AUTHORIZATION_URL: 'https://guild.example/authorize',
  OAUTH_OUR_GUILD_TOKEN_URL: 'https://guild.example/token',
  OAUTH_OUR_GUILD_USERINFO_URL: 'https://api.guild.example/me',
}

const providersOf = (settings: Record<string, string>) => parseConfig(settings).oauth.providers

test('a provider is there when its settings are; presets need an id and a secret only', (t) => {
  t.deepEqual(providersOf({}), [])
  t.deepEqual(
    providersOf({ ...guild, ...github, ...club }).map(({ name, label, kind, issuer }) => [name, label, kind, issuer]),
    [
      ['club', 'Club', 'openid', 'https://id.example/realm'],
      ['github', 'GitHub', 'plain', 'oauth:github'],
      ['our-guild', 'Our guild', 'plain', 'oauth:our-guild@https://api.guild.example'],
    ],
  )
})

test('label and scopes may be set, and a secret may lie in a file', (t) => {
  const file = join(temporaryFolder(t), 'secret')
  writeFileSync(file, 'from the file\n')
  const { OAUTH_CLUB_CLIENT_SECRET: _, ...rest } = club
  const [provider] = providersOf({
    ...rest,
    OAUTH_CLUB_CLIENT_SECRET_FILE: file,
    OAUTH_CLUB_LABEL: 'The Club',
    OAUTH_CLUB_SCOPES: 'openid email',
  })
  t.like(provider, { label: 'The Club', clientSecret: 'from the file', scopes: ['openid', 'email'] })
})

test('an issuer on this machine may be spoken to in plain text', (t) => {
  for (const issuer of ['http://localhost:9000', 'http://127.0.0.1:9000/realm', 'http://[::1]:9000']) {
    t.is(providersOf({ ...club, OAUTH_CLUB_ISSUER: issuer })[0]?.issuer, issuer)
  }
})

test('what cannot be used stops the start with a line that says why, and tells no secret', (t) => {
  const without = (settings: Record<string, string>, name: string) =>
    Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name))
  const bad: [settings: Record<string, string>, refusal: RegExp][] = [
    [without(github, 'OAUTH_GITHUB_CLIENT_ID'), /^OAUTH_GITHUB_CLIENT_ID must be set beside/],
    [without(github, 'OAUTH_GITHUB_CLIENT_SECRET'), /^OAUTH_GITHUB_CLIENT_SECRET must be set beside/],
    [{ ...github, OAUTH_GITHUB_CLIENT_SECRET_FILE: '/nowhere' }, /must not both be set/],
    [{ ...github, OAUTH_GITHUB_ISSUER: 'https://id.example' }, /^OAUTH_GITHUB_ISSUER must not be set/],
    [{ ...github, OAUTH_GITHUB_TOKEN_URL: 'https://id.example' }, /^OAUTH_GITHUB_TOKEN_URL must not be set/],
    [without(club, 'OAUTH_CLUB_ISSUER'), /^OAUTH_CLUB_ISSUER must be an https URL/],
    [{ ...club, OAUTH_CLUB_ISSUER: 'http://id.example' }, /^OAUTH_CLUB_ISSUER must be an https URL/],
    [{ ...club, OAUTH_CLUB_ISSUER: 'https://user:hunter2@id.example' }, /^OAUTH_CLUB_ISSUER must be an https URL/],
    [{ ...club, OAUTH_CLUB_ISSUER: 'id.example' }, /^OAUTH_CLUB_ISSUER must be an https URL/],
    [{ ...club, OAUTH_CLUB_SCOPES: 'profile' }, /^OAUTH_CLUB_SCOPES must be scopes with openid/],
    [{ ...club, OAUTH_CLUB_SCOPES: 'openid "x"' }, /^OAUTH_CLUB_SCOPES must be scopes/],
    [{ ...club, OAUTH_CLUB_TOKEN_URL: 'https://id.example/token' }, /^OAUTH_CLUB_ISSUER must not be set beside/],
    [without(guild, 'OAUTH_OUR_GUILD_USERINFO_URL'), /^OAUTH_OUR_GUILD_USERINFO_URL must be an https URL/],
    [
      { OAUTH_TOKEN_CLIENT_ID: 'id', OAUTH_TOKEN_CLIENT_SECRET: 's', OAUTH_TOKEN_ISSUER: 'https://a' },
      /must not be called token/,
    ],
    [{ OAUTH_RETURN_ORIGINS: 'chat.example' }, /^OAUTH_RETURN_ORIGINS must be origins/],
    [{ OAUTH_RETURN_ORIGINS: 'https://chat.example/path' }, /^OAUTH_RETURN_ORIGINS must be origins/],
    [{ OAUTH_RETURN_ORIGINS: '*' }, /^OAUTH_RETURN_ORIGINS must be origins/],
    [{ ...github, PUBLIC_URL: 'https://auth.example' }, /^OAUTH_RETURN_ORIGINS must name where people come back to/],
  ]
  for (const [settings, refusal] of bad) {
    const said = refusalOf(settings)
    t.regex(said, refusal, JSON.stringify(settings))
    t.notRegex(said, /hunter2|\n/)
  }
})

test('people come back to any port of this machine only while the server is on it too', (t) => {
  t.is(parseConfig({}).oauth.returnOrigins, 'loopback')
  t.deepEqual(parseConfig({ PUBLIC_URL: 'https://auth.example' }).oauth.returnOrigins, [])
  const OAUTH_RETURN_ORIGINS = 'https://chat.example, https://wiki.example:8443'
  t.deepEqual(
    parseConfig({ ...github, PUBLIC_URL: 'https://auth.example', OAUTH_RETURN_ORIGINS }).oauth.returnOrigins,
    ['https://chat.example', 'https://wiki.example:8443'],
  )
})

test('what has another form is no setting of ours', (t) => {
  const settings = { OAUTH_TOKEN: 'x', OAUTH_CLIENT_ID: 'x', OAUTH_github_CLIENT_ID: 'x', OAUTH_CLUB_CLIENT_ID: ' ' }
  t.deepEqual(providersOf(settings), [])
})

test('a process that has nothing to do with secrets gets none of them', (t) => {
  const settings = { ...github, OAUTH_CLUB_CLIENT_SECRET_FILE: 'f', SMTP_URL: 's', SMTP_URL_FILE: 'f', PORT: '1' }
  t.deepEqual(withoutSecrets(settings), { OAUTH_GITHUB_CLIENT_ID: 'id', PORT: '1' })
})
