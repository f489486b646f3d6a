// The certified provider `oidc-provider` with the pages that it brings for development, on a port and for the clients
// that the environment names. Whoever signs in there is whoever they say, with any password.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { exportJWK } from 'jose'
// It brings no types.
// @ts-expect-error
import { Provider } from 'oidc-provider'

const { ISSUER = '', CLIENTS = '[]' } = process.env
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

const provider = new Provider(ISSUER, {
  clients: JSON.parse(CLIENTS),
  cookies: { keys: [randomUUID()] },
  jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig' }] },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
  pkce: { required: () => true },
  ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
  findAccount: (_context: unknown, name: string) => ({
    accountId: name,
    claims: () => ({
      sub: name,
      name: `${name} the Real`,
      preferred_username: name,
      email: `${name}@example.com`,
      email_verified: true,
    }),
  }),
})

provider.listen(Number(new URL(ISSUER).port), () => console.log(`listening on ${ISSUER}`))
