// A provider of OpenID Connect and of plain OAuth 2.0 for tests, in a process of its own. What stands first in a path is
// the name of an issuer of its own: `good` does all as it should, each other name has a twist that another file lists.
import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, SignJWT } from 'jose'
import { type Claims, clientId, clientSecret, type Issuer, type Twist } from './oauth-provider.ts'
import { twists } from './oauth-provider-twists.ts'

interface Grant {
  readonly challenge: string | null
  readonly nonce: string | null
  readonly redirectUri: string
}

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const otherKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const kid = 'key-of-the-provider'
const grants = new Map<string, Grant>()
/** What is told of whoever signs in at an issuer, unless a test says otherwise. */
const people = new Map<string, Claims>()
const elsewhere: string[] = []

const server = createServer((request, response) => {
  answer(request, response).catch((error) => response.destroy(error))
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', origin())
  const [, name = '', ...rest] = url.pathname.split('/')
  const twist: Twist = twists[name] ?? {}
  const issuer: Issuer = { name, url: `${origin()}/${name}`, origin: origin() }
  const body = await text(request)
  const sendJson = (value: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
  const path = rest.join('/')
  // For the tests: who signs in next, and what was asked that never should be.
  if (path === 'person') return void sendJson(people.set(name, JSON.parse(body)).size)
  if (name === 'elsewhere') return void sendJson(path === 'asked' ? elsewhere : elsewhere.push(url.pathname))

  const own = twist.answers?.[path]
  if (own !== undefined) return own(response, issuer)
  if (path === '.well-known/openid-configuration') {
    return sendJson({ ...discoveryOf(issuer), ...twist.discovery?.(issuer) })
  }
  if (path === 'jwks') return sendJson({ keys: [await publicJwk()] })
  if (path === 'authorize') return authorize(url, response, issuer, twist)
  if (path === 'userinfo' || path === 'user') {
    const { sub, ...profile } = personOf(name)
    return sendJson({ ...(path === 'userinfo' ? { sub } : { id: 4711, login: name }), ...profile, ...twist.userInfo })
  }
  if (path !== 'token') return sendJson({ error: 'not_found' }, 404)

  const form = new URLSearchParams(body)
  const grant = grants.get(form.get('code') ?? '')
  grants.delete(form.get('code') ?? '')
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url')
  const isRight = grant?.challenge === challenge && grant.redirectUri === form.get('redirect_uri')
  if (!isAuthenticated(request, form)) return sendJson({ error: 'invalid_client' }, 401)
  if (grant === undefined || !isRight) return sendJson({ error: 'invalid_grant' }, 400)
  const claims = { ...defaultClaims(issuer, grant), ...personOf(name) }
  const idToken = await sign(twist, twist.claims?.(claims, issuer) ?? claims)
  const tokens = {
    access_token: randomUUID(),
    token_type: 'Bearer',
    expires_in: 60,
    ...(!name.startsWith('plain') && { id_token: idToken }),
  }
  sendJson(twist.tokens?.(tokens) ?? tokens)
}

const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const personOf = (name: string): Claims => people.get(name) ?? { sub: `subject at ${name}`, preferred_username: name }

const discoveryOf = ({ url }: Issuer) => ({
  issuer: url,
  authorization_endpoint: `${url}/authorize`,
  token_endpoint: `${url}/token`,
  userinfo_endpoint: `${url}/userinfo`,
  jwks_uri: `${url}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
})

const publicJwk = async () => ({ ...(await exportJWK(keys.publicKey)), kid, alg: 'RS256', use: 'sig' })

function authorize(url: URL, response: ServerResponse, issuer: Issuer, twist: Twist): void {
  const asked = url.searchParams
  const redirectUri = asked.get('redirect_uri') ?? ''
  const isOurs = asked.get('client_id') === clientId && redirectUri.endsWith(`/oauth/${issuer.name}/callback`)
  if (!isOurs || asked.get('code_challenge_method') !== 'S256') return void response.writeHead(400).end()
  const code = randomUUID()
  grants.set(code, { challenge: asked.get('code_challenge'), nonce: asked.get('nonce'), redirectUri })
  const back = new URL(redirectUri)
  const parameters = { code, state: asked.get('state') ?? '', iss: issuer.url }
  back.search = new URLSearchParams(twist.back?.(parameters, issuer) ?? parameters).toString()
  response.writeHead(302, { location: back.href }).end()
}

function isAuthenticated({ headers }: IncomingMessage, form: URLSearchParams): boolean {
  const basic = Buffer.from(`${clientId}:${encodeURIComponent(clientSecret).replaceAll('%20', '+')}`).toString('base64')
  const isInBody = form.get('client_id') === clientId && form.get('client_secret') === clientSecret
  return headers.authorization === `Basic ${basic}` || isInBody
}

function defaultClaims({ url }: Issuer, { nonce }: Grant): Claims {
  const iat = Math.floor(Date.now() / 1000)
  return { iss: url, aud: clientId, nonce, iat, exp: iat + 60 }
}

async function sign({ signature }: Twist, claims: Claims): Promise<string> {
  const header = { alg: 'RS256', kid, ...signature?.header }
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  if (header.alg === 'none') return `${input}.`
  const jwk = JSON.stringify(await publicJwk())
  const pem = keys.publicKey.export({ type: 'spki', format: 'pem' })
  const secrets: Record<string, string | Buffer> = { pem, jwk, secret: clientSecret }
  const key: KeyObject | Uint8Array =
    header.alg === 'HS256'
      ? Buffer.from(secrets[signature?.secret ?? 'pem'] ?? '')
      : (signature?.isOtherKey ? otherKeys : keys).privateKey
  const token = await new SignJWT(claims).setProtectedHeader(header).sign(key)
  return signature?.isSpoilt ? token.replace(/.{4}$/, (end) => (end === 'AAAA' ? 'BBBB' : 'AAAA')) : token
}

server.listen(0, '127.0.0.1', () => console.log(`listening on ${origin()}`))
