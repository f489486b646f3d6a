import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cores, startBenchProcess } from '../bench-process.ts'
import { type Contender, getStep, postStep } from './contender.ts'

const manifest = join(import.meta.dirname, '..', 'node_modules', 'better-auth', 'package.json')
const password = 'a-secure-password'

interface BetterAuthOptions {
  readonly folder: string
  readonly port: number
  readonly cookieCache: 'on' | 'off'
  readonly cores: Cores
}

/** One account with one session: what it looks up is always at hand. */
export async function startBetterAuth({ folder, port, cookieCache, cores }: BetterAuthOptions): Promise<Contender> {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  const process = await startBenchProcess({
    args: [join(import.meta.dirname, 'better-auth.mjs')],
    port,
    env: { DATABASE_FILE: join(folder, `better-auth-${port}.db`), COOKIE_CACHE: cookieCache },
    readyPath: '/api/auth/ok',
    cores,
  })
  const origin = { Origin: process.url }
  const signUp = await fetch(`${process.url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...origin },
    body: JSON.stringify({ email: 'alice@example.com', password, name: 'alice' }),
  })
  const cookie = signUp.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  const login = { email: 'alice@example.com', password }
  const newcomer = { email: 'newcomer-{number}@example.com', password, name: 'newcomer' }
  const answer = { status: 200, expected: '"token"' }
  return {
    name: `better-auth, cookie cache ${cookieCache}`,
    settings: `${version}, \`get-session\`, its rate limit off, one session`,
    hash: 'scrypt, N = 2¹⁴, r = 16, p = 1',
    process,
    people: [{ cookie }],
    requests: {
      me: getStep('/api/auth/get-session', { Cookie: '{cookie}' }, '"name":"alice"'),
      login: postStep('/api/auth/sign-in/email', origin, login, answer),
      register: postStep('/api/auth/sign-up/email', origin, newcomer, answer),
    },
  }
}
