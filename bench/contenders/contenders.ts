import { readFileSync } from 'node:fs'
import { type BenchProcess, startBenchProcess } from '../bench-process.ts'
import { startPocketBase } from './pocketbase.ts'

/** A server under measurement, and the request that asks it who is signed in. */
export interface Contender {
  readonly name: string
  /** What it is set to, for the report. */
  readonly settings: string
  readonly process: BenchProcess
  readonly path: string
  /** One request's headers for each person who is signed in; wrk goes through them in turn. */
  readonly headers: readonly Readonly<Record<string, string>>[]
  /** What a right answer holds. */
  readonly expected: string
}

const folder = new URL('.', import.meta.url).pathname
const me = '/api/auth/me'
const nobody = [{}]

export interface World {
  readonly folder: string
  readonly dataFile: string
  readonly port: number
  readonly tokens: readonly string[]
}

/** Each from an address of its own, as behind a proxy: from one address all would be one to the rate limit. */
const guestlistHeaders = (tokens: readonly string[]) =>
  tokens.map((token, index) => ({
    Authorization: `Bearer ${token}`,
    'X-Forwarded-For': `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
  }))

export async function startContenders(world: World): Promise<Contender[]> {
  const pocketBase = await startPocketBase(world, world.port + 6)
  const { dataFile, port, tokens } = world
  const guestlist = await startBenchProcess({
    args: ['server/main.ts'],
    port,
    env: {
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      DATABASE_URL: `file:${dataFile}`,
      TOKEN_TTL: '12h',
      TRUST_PROXY: '1',
      LOG_LEVEL: 'error',
    },
    readyPath: '/readyz',
  })
  const shipped = 'rate limits, security headers, presence and error log on; TRUST_PROXY=1'
  const own = { process: guestlist, path: me, expected: '"username":"person-' }
  return [
    {
      name: 'Guestlist',
      settings: `${shipped}; ${tokens.length} tokens in turn`,
      headers: guestlistHeaders(tokens),
      ...own,
    },
    { name: 'Guestlist, one token', settings: shipped, headers: oneOfMany(tokens), ...own },
    await startScript('node:http', 'node-http.mjs', port + 1, 'the same JSON for everybody'),
    await startScript('Express', 'express-json.mjs', port + 2, 'bare, `res.json`, the same JSON for everybody'),
    {
      ...(await startScript('Express, by hand', 'plain-express.mjs', port + 3, 'jsonwebtoken, Kysely, no protection', {
        DATABASE_FILE: dataFile,
      })),
      headers: tokens.map((token) => ({ Authorization: `Bearer ${token}` })),
      expected: '"username":"person-',
    },
    await startBetterAuth(world, port + 4, 'off'),
    await startBetterAuth(world, port + 5, 'on'),
    ...(pocketBase === undefined ? [] : [pocketBase]),
  ]
}

/** From many addresses still: one address alone would meet the limit. */
const oneOfMany = (tokens: readonly string[]) =>
  guestlistHeaders(tokens).map((headers) => ({ ...headers, Authorization: `Bearer ${tokens[0]}` }))

async function startScript(
  name: string,
  script: string,
  port: number,
  settings: string,
  env: Record<string, string> = {},
): Promise<Contender> {
  const process = await startBenchProcess({ args: [`${folder}${script}`], port, env, readyPath: '/' })
  return { name, settings, process, path: me, headers: nobody, expected: '"username":"alice"' }
}

async function startBetterAuth(
  { folder: temporary }: World,
  port: number,
  cookieCache: 'on' | 'off',
): Promise<Contender> {
  const { version } = JSON.parse(readFileSync(`${folder}../node_modules/better-auth/package.json`, 'utf8'))
  const env = { DATABASE_FILE: `${temporary}/better-auth-${cookieCache}.db`, COOKIE_CACHE: cookieCache }
  const process = await startBenchProcess({ args: [`${folder}better-auth.mjs`], port, env, readyPath: '/api/auth/ok' })
  const signUp = await fetch(`${process.url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: process.url },
    body: JSON.stringify({ email: 'alice@example.com', password: 'secure-password', name: 'alice' }),
  })
  const cookie = signUp.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  return {
    name: `better-auth, cookie cache ${cookieCache}`,
    settings: `${version}, \`get-session\`, its rate limit off, one session`,
    process,
    path: '/api/auth/get-session',
    headers: [{ Cookie: cookie }],
    expected: '"name":"alice"',
  }
}
