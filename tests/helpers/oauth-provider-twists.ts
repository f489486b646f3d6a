import type { ServerResponse } from 'node:http'
import { type Claims, clientId, type Twist } from './oauth-provider.ts'

const withClaims = (changed: Claims | ((claims: Claims) => Claims)): Twist => ({
  claims: (claims) => ({ ...claims, ...(typeof changed === 'function' ? changed(claims) : changed) }),
})
const withoutClaim = (name: string): Twist => withClaims({ [name]: undefined })
const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset

const silence = (): void => {}
const redirect = (response: ServerResponse, { origin }: { origin: string }): void => {
  response.writeHead(302, { location: `${origin}/elsewhere/secret` }).end()
}
const json =
  (value: unknown, status = 200) =>
  (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
const html = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sorry</h1>')
}
const half = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"access_token":')
}
const endless = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const write = (): void => {
    while (!response.destroyed && response.write(' '.repeat(65_536)));
  }
  response.on('drain', write)
  write()
}
const huge = json({ access_token: 'a'.repeat(2 ** 20), token_type: 'bearer' })
const foreign = 'http://192.0.2.1/'

/** What ID tokens say that they should not. */
export const claimTwists: Record<string, Twist> = {
  'iss-of-another': withClaims({ iss: 'https://id.example' }),
  'iss-missing': withoutClaim('iss'),
  'aud-of-another': withClaims({ aud: 'another-client' }),
  'aud-of-others': withClaims({ aud: ['another-client', 'a-third'] }),
  'aud-and-no-azp': withClaims({ aud: [clientId, 'another-client'] }),
  'aud-and-azp-of-another': withClaims({ aud: [clientId, 'another-client'], azp: 'another-client' }),
  'aud-missing': withoutClaim('aud'),
  'nonce-of-another': withClaims({ nonce: 'W2Lr8IYqVJwV0m1kq9cQmT0yY1r7cQmV3l4T9bYx5sA' }),
  'nonce-missing': withoutClaim('nonce'),
  'exp-passed': withClaims(() => ({ iat: seconds(-7200), exp: seconds(-3600) })),
  'exp-missing': withoutClaim('exp'),
  'exp-no-number': withClaims({ exp: 'tomorrow' }),
  'iat-missing': withoutClaim('iat'),
  'nbf-to-come': withClaims(() => ({ nbf: seconds(3600) })),
  'sub-missing': withoutClaim('sub'),
  'sub-empty': withClaims({ sub: '' }),
  'sub-number': withClaims({ sub: 4711 }),
  'sub-object': withClaims({ sub: { id: 1 } }),
  'sub-long': withClaims({ sub: 'a'.repeat(256) }),
  'sub-nul': withClaims({ sub: 'alice\u0000' }),
}

/** ID tokens that the provider has not signed. */
export const signatureTwists: Record<string, Twist> = {
  'sig-spoilt': { signature: { isSpoilt: true } },
  'sig-other-key': { signature: { isOtherKey: true } },
  'sig-unknown-key': { signature: { isOtherKey: true, header: { kid: 'key-of-nobody' } } },
  'sig-none': noneOrSymmetric({ alg: 'none' }),
  'sig-none-and-no-kid': noneOrSymmetric({ alg: 'none', kid: '' }),
  'sig-hs-pem': { ...noneOrSymmetric({ alg: 'HS256' }), signature: { header: { alg: 'HS256' }, secret: 'pem' } },
  'sig-hs-jwk': { ...noneOrSymmetric({ alg: 'HS256' }), signature: { header: { alg: 'HS256' }, secret: 'jwk' } },
  'sig-hs-secret': { ...noneOrSymmetric({ alg: 'HS256' }), signature: { header: { alg: 'HS256' }, secret: 'secret' } },
  'sig-not-offered': { discovery: () => ({ id_token_signing_alg_values_supported: ['ES256'] }) },
  'sig-crit': { signature: { header: { crit: 'b64' } } },
}

function noneOrSymmetric(header: Record<string, string>): Twist {
  const offered = ['RS256', 'HS256', 'none']
  return { signature: { header }, discovery: () => ({ id_token_signing_alg_values_supported: offered }) }
}

/** Browsers that come back with what does not belong together. */
export const backTwists: Record<string, Twist> = {
  'back-iss-of-another': { back: (parameters) => ({ ...parameters, iss: 'https://id.example' }) },
  'back-iss-missing': { back: ({ iss: _, ...parameters }) => parameters },
  'back-no-code': { back: ({ code: _, ...parameters }) => parameters },
  'back-empty-code': { back: (parameters) => ({ ...parameters, code: '' }) },
  'back-code-twice': { back: (parameters) => [...Object.entries(parameters), ['code', 'another']] },
  'back-code-of-nobody': { back: (parameters) => ({ ...parameters, code: 'a-code-of-nobody' }) },
  'back-long-code': { back: (parameters) => ({ ...parameters, code: 'a'.repeat(10_000) }) },
  'back-error': { back: ({ state = '', iss = '' }) => ({ error: 'server_error', state, iss }) },
  'back-error-with-markup': {
    back: ({ state = '', iss = '' }) => ({
      error: '<script>alert(1)</script>',
      error_description: '<script>alert(1)</script>',
      state,
      iss,
    }),
  },
  'back-in-jwt': { back: ({ state = '' }) => ({ response: 'e30.e30.', state }) },
}

/** Token endpoints, keys and profiles that are not as they should be. */
export const endpointTwists: Record<string, Twist> = {
  'token-redirects': { answers: { token: redirect } },
  'token-fails': { answers: { token: json({ error: 'server_error' }, 500) } },
  'token-html': { answers: { token: html } },
  'token-array': { answers: { token: json([]) } },
  'token-null': { answers: { token: json(null) } },
  'token-error': { answers: { token: json({ error: 'invalid_grant', error_description: '<script>' }, 400) } },
  'token-error-as-success': { answers: { token: json({ error: 'bad_verification_code' }) } },
  'token-huge': { answers: { token: huge } },
  'token-no-id-token': { tokens: ({ id_token: _, ...tokens }) => tokens },
  'token-no-jwt': { tokens: (tokens) => ({ ...tokens, id_token: 'no jwt' }) },
  'token-of-another-type': { tokens: (tokens) => ({ ...tokens, token_type: 'mac' }) },
  'jwks-redirects': { answers: { jwks: redirect } },
  'jwks-fails': { answers: { jwks: json({}, 500) } },
  'jwks-empty': { answers: { jwks: json({ keys: [] }) } },
  'jwks-huge': { answers: { jwks: huge } },
  'jwks-elsewhere': { discovery: () => ({ jwks_uri: `${foreign}jwks` }) },
  'user-of-another': { userInfo: { sub: 'another' } },
  'user-redirects': { answers: { userinfo: redirect } },
  'user-fails': { answers: { userinfo: json({}, 500) } },
  'user-html': { answers: { userinfo: html } },
  'token-elsewhere': { discovery: () => ({ token_endpoint: `${foreign}token` }) },
}

/** What never comes to an end; these cost the time that the server gives them. */
export const slowTwists: Record<string, Twist> = {
  'token-silent': { answers: { token: silence } },
  'token-half': { answers: { token: half } },
  'token-endless': { answers: { token: endless } },
  'jwks-silent': { answers: { jwks: silence } },
  'user-silent': { answers: { userinfo: silence } },
  'discovery-silent': { answers: { '.well-known/openid-configuration': silence } },
}

/** Providers that tell of themselves what cannot be believed: nobody is sent there. */
export const discoveryTwists: Record<string, Twist> = {
  'discovery-issuer-of-another': { discovery: () => ({ issuer: 'https://accounts.google.com' }) },
  'discovery-no-issuer': { discovery: () => ({ issuer: undefined }) },
  'discovery-redirects': { answers: { '.well-known/openid-configuration': redirect } },
  'discovery-fails': { answers: { '.well-known/openid-configuration': json({}, 500) } },
  'discovery-html': { answers: { '.well-known/openid-configuration': html } },
  'discovery-huge': { answers: { '.well-known/openid-configuration': huge } },
  'discovery-authorize-elsewhere': { discovery: () => ({ authorization_endpoint: `${foreign}authorize` }) },
  'discovery-authorize-by-code': { discovery: () => ({ authorization_endpoint: 'javascript:alert(1)' }) },
}

/** Plain OAuth 2.0: profiles that do not say who it is. */
export const plainTwists: Record<string, Twist> = {
  'plain-id-missing': { userInfo: { id: undefined } },
  'plain-id-null': { userInfo: { id: null } },
  'plain-id-empty': { userInfo: { id: '' } },
  'plain-id-zero': { userInfo: { id: 0 } },
  'plain-id-negative': { userInfo: { id: -1 } },
  'plain-id-fraction': { userInfo: { id: 1.5 } },
  'plain-id-too-great': { userInfo: { id: 2 ** 53 } },
  'plain-id-boolean': { userInfo: { id: true } },
  'plain-id-object': { userInfo: { id: { id: 1 } } },
  'plain-id-list': { userInfo: { id: [1] } },
  'plain-id-long': { userInfo: { id: 'a'.repeat(256) } },
  'plain-id-nul': { userInfo: { id: 'alice\u0000' } },
  'plain-list': { answers: { user: json([{ id: 1 }]) } },
  'plain-html': { answers: { user: html } },
  'plain-refuses': { answers: { user: json({ id: 1 }, 401) } },
  'plain-redirects': { answers: { user: redirect } },
  'plain-token-error-as-success': { answers: { token: json({ error: 'bad_verification_code' }) } },
}

/** Everything that each issuer of the test provider does otherwise. */
export const twists: Readonly<Record<string, Twist>> = {
  ...claimTwists,
  ...signatureTwists,
  ...backTwists,
  ...endpointTwists,
  ...slowTwists,
  ...discoveryTwists,
  ...plainTwists,
  declining: { back: ({ state = '', iss = '' }) => ({ error: 'access_denied', state, iss }) },
  // Leads browsers to the honest provider with the address of that one's callback.
  'mix-up': { discovery: ({ origin }) => ({ authorization_endpoint: `${origin}/good/authorize` }) },
}
