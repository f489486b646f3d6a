import type { SignedIn } from '../server/accounts/user.ts'

interface DevServer {
  readonly address: string
  readonly inviteCode: string
  readonly password: string
  readonly people: readonly SignedIn[]
  readonly databaseFile: string
}

/** What a developer needs in front of them: who there is, and every call of the API ready to paste. */
export function describeCalls({ address, inviteCode, password, people, databaseFile }: DevServer): string {
  const [alice, bob] = people
  if (alice === undefined || bob === undefined) throw new Error('the calls need two people')
  const api = `${address}/api/auth`
  const auth = '-H "Authorization: Bearer $ALICE"'
  const json = "-H 'Content-Type: application/json'"
  const send = (body: unknown): string => `${json} -d '${JSON.stringify(body)}'`
  const carol = { email: 'carol@example.com', password, username: 'carol', inviteCode }
  const profile = { displayName: 'New Name', avatarUrl: 'https://example.com/avatar.png' }
  const login = { email: 'alice@example.com', password }
  return `
Guestlist for development on ${address}, for this machine only.
Data file: ${databaseFile} (temporary: it goes when the server stops)
Invite:    ${inviteCode} (without limit)
Passwords: ${password} (alice@example.com, bob@example.com); new ones from 8 characters

Tokens, good for 12 hours unless TOKEN_TTL or SESSION_TTL is set:

${people.map(({ user, token }) => `${user.username.toUpperCase()}=${token}`).join('\n')}

The calls, ready to paste after the line ALICE=… above:

curl -s ${api}/me ${auth}
curl -s -X PATCH ${api}/me ${auth} ${send(profile)}
curl -s ${api}/users/${bob.user.id} ${auth}
curl -s ${api}/register ${send(carol)}
curl -s ${api}/login ${send(login)}
curl -s -X POST ${api}/refresh ${auth}
curl -s -X POST ${api}/disconnect ${auth}
curl -s ${api}/oauth/accounts ${auth}
curl -s -X DELETE ${api}/oauth/accounts/account-id ${auth}
`
}
