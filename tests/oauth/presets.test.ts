import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { readIdentity, standardClaims } from '../../server/oauth/provider-identity.ts'
import { oauthPresets } from '../../server/oauth-presets.ts'
import { startLogin } from '../helpers/oauth-walk.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { startServer } from '../helpers/start-server.ts'

const recorded = (name: string) =>
  JSON.parse(readFileSync(join(projectFolder, 'tests', 'oauth', 'recorded', `${name}.json`), 'utf8'))

for (const name of ['github', 'discord']) {
  test(`${name} is asked at the addresses and for the scopes that its documentation names`, (t) => {
    const preset = oauthPresets[name]
    const { addresses, scopes, iss } = recorded(name)
    if (preset?.kind !== 'plain') return t.fail()
    const { authorizationUrl, tokenUrl, userInfoUrl } = preset
    t.deepEqual([`GET ${authorizationUrl}`, `POST ${tokenUrl}`, `GET ${userInfoUrl}`], addresses)
    t.deepEqual(preset.scopes.length === 0 ? ['(no scope)'] : preset.scopes, Object.keys(scopes))
    t.is(preset.responseIssuer, iss)
    t.is(preset.issuer, `oauth:${name}`)
  })
}

test('who somebody is at GitHub, Discord and Google is read from the answers that their documentation shows', (t) => {
  const identityOf = (name: string) => {
    const preset = oauthPresets[name]
    const { user, idToken } = recorded(name)
    return readIdentity(
      preset?.issuer ?? '',
      user ?? idToken,
      preset?.kind === 'plain' ? preset.fields : standardClaims,
    )
  }
  t.deepEqual(identityOf('github'), {
    issuer: 'oauth:github',
    subject: '1',
    email: 'octocat@github.com',
    displayName: 'monalisa octocat',
    handle: 'octocat',
  })
  t.deepEqual(identityOf('discord'), {
    issuer: 'oauth:discord',
    subject: '80351110224678912',
    email: 'nelly@discord.com',
    displayName: undefined,
    handle: 'Nelly',
  })
  t.deepEqual(identityOf('google'), {
    issuer: 'https://accounts.google.com',
    subject: '10769150350006150715113082367',
    email: 'jsmith@example.com',
    displayName: undefined,
    handle: undefined,
  })
})

test('Google is OpenID Connect: its issuer, scopes, PKCE and client authentication are those it discovers', (t) => {
  const preset = oauthPresets.google
  const { discovery } = recorded('google')
  t.is(preset?.issuer, discovery.issuer)
  t.deepEqual([...(preset?.scopes ?? [])].sort(), discovery.scopes_supported.toSorted())
  t.true(discovery.code_challenge_methods_supported.includes('S256'))
  t.true(discovery.token_endpoint_auth_methods_supported.includes('client_secret_basic'))
})

test('browsers are sent to GitHub and Discord with all that these ask for, and the callback of this server', async (t) => {
  const settings = {
    PUBLIC_URL: 'https://auth.example',
    OAUTH_RETURN_ORIGINS: 'http://localhost:5173',
    OAUTH_GITHUB_CLIENT_ID: 'id of github',
    OAUTH_GITHUB_CLIENT_SECRET: 'secret of github',
    OAUTH_DISCORD_CLIENT_ID: 'id of discord',
    OAUTH_DISCORD_CLIENT_SECRET: 'secret of discord',
  }
  const server = await startServer(t, { settings })
  for (const name of ['github', 'discord']) {
    const { authorizationUrl } = (await startLogin(server, name)).body
    const url = new URL(authorizationUrl)
    t.true(recorded(name).addresses.includes(`GET ${url.origin}${url.pathname}`))
    const { state, code_challenge, ...asked } = Object.fromEntries(url.searchParams)
    t.deepEqual(asked, {
      client_id: `id of ${name}`,
      response_type: 'code',
      redirect_uri: `https://auth.example/api/auth/oauth/${name}/callback`,
      code_challenge_method: 'S256',
      ...(name === 'discord' && { scope: 'identify email' }),
    })
    for (const random of [state, code_challenge]) t.regex(random ?? '', /^[\w-]{43}$/)
    t.false(authorizationUrl.includes('secret'))
  }
})
