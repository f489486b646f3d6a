import { join } from 'node:path'
import { startBenchProcess } from '../bench-process.ts'
import type { Person } from '../load/plan.ts'
import { type Contender, getStep } from './contender.ts'

const me = '/api/auth/me'

/** The least that a server can do: the same JSON for everybody. */
export async function startNodeHttp(port: number): Promise<Contender> {
  return {
    name: 'node:http',
    settings: 'the same JSON for everybody',
    process: await startScript('node-http.mjs', port),
    people: [{}],
    requests: { me: getStep(me, {}, '"username":"alice"') },
  }
}

export async function startBareExpress(port: number): Promise<Contender> {
  return {
    name: 'Express',
    settings: 'bare, `res.json`, the same JSON for everybody',
    process: await startScript('express-json.mjs', port),
    people: [{}],
    requests: { me: getStep(me, {}, '"username":"alice"') },
  }
}

/** What one writes by hand, on Guestlist's own data file. */
export async function startExpressByHand(port: number, dataFile: string, people: Person[]): Promise<Contender> {
  const authorized = { Authorization: 'Bearer {token}' }
  return {
    name: 'Express, by hand',
    settings: 'jsonwebtoken, Kysely, no protection, the same tokens',
    process: await startScript('plain-express.mjs', port, { DATABASE_FILE: dataFile }),
    people,
    requests: {
      me: getStep(me, authorized, '"username":"person-'),
      user: getStep('/api/auth/users/{other}', authorized, '"username":"person-'),
    },
  }
}

const startScript = (script: string, port: number, env: Readonly<Record<string, string>> = {}) =>
  startBenchProcess({ args: [join(import.meta.dirname, script)], port, env, readyPath: '/', cores: 'one' })
