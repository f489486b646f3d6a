import { join } from 'node:path'
import { type Cores, runScript, startBenchProcess } from '../bench-process.ts'
import type { Person } from '../load/plan.ts'
import { type Contender, getStep, postStep } from './contender.ts'

const root = join(import.meta.dirname, '..', '..')
const shipped = 'rate limits, security headers, presence and error log on; TRUST_PROXY=1'
const inviteCode = 'BENCH-0000-0000-0000'
const password = 'a-secure-password'

interface GuestlistOptions {
  readonly dataFile: string
  readonly port: number
  readonly cores: Cores
  readonly people: Person[]
  /** The one-file program instead of the sources. */
  readonly program?: string
  readonly name?: string
}

/** Makes a data file with people who are signed in, and gives those of them who make requests. */
export function prepareGuestlist(dataFile: string, port: number, count: number, asking = count): Person[] {
  const args = [dataFile, `http://127.0.0.1:${port}`, String(count), String(asking), inviteCode, password]
  return runScript(join(root, 'bench', 'prepare-guestlist.ts'), args, 'all')
}

/** As shipped. Each person has an address of their own, as behind a proxy: from one address all would be one to the rate limit. */
export async function startGuestlist(options: GuestlistOptions): Promise<Contender> {
  const { dataFile, port, cores, people, program, name = 'Guestlist' } = options
  const process = await startBenchProcess({
    // The flag is that of npm start; the program carries it.
    ...(program === undefined
      ? { args: ['--max-semi-space-size=4', join(root, 'server', 'main.ts')] }
      : { command: program, args: ['serve'] }),
    port,
    env: {
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      DATABASE_URL: `file:${dataFile}`,
      TOKEN_TTL: '12h',
      TRUST_PROXY: '1',
      LOG_LEVEL: 'error',
    },
    readyPath: '/readyz',
    cores,
  })
  const from = { 'X-Forwarded-For': '{address}' }
  const signedIn = { ...from, Authorization: 'Bearer {token}' }
  const another = { 'X-Forwarded-For': '2001:db8:{number}::1' }
  const newcomer = { email: 'newcomer-{number}@example.com', username: 'newcomer-{number}', password, inviteCode }
  return {
    name,
    settings: `${shipped}; ${people.length.toLocaleString('en')} tokens in turn`,
    hash: 'scrypt, N = 2¹⁵, r = 8, p = 3',
    process,
    people,
    requests: {
      me: getStep('/api/auth/me', signedIn, '"username":"person-'),
      user: getStep('/api/auth/users/{other}', signedIn, '"username":"person-'),
      refresh: postStep('/api/auth/refresh', signedIn, undefined, {
        status: 200,
        expected: '"token"',
        renewsToken: true,
      }),
      login: postStep('/api/auth/login', from, { email: '{email}', password }, { status: 200, expected: '"token"' }),
      register: postStep('/api/auth/register', another, newcomer, { status: 201, expected: '"token"' }),
    },
  }
}
