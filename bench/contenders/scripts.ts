import { join } from 'node:path'
import { startBenchProcess } from '../bench-process.ts'
import type { Person } from '../load/plan.ts'
import { type Contender, getStep } from './contender.ts'

const me = '/api/auth/me'

/** The least that a server can do. */
export const startNodeHttp = (port: number): Promise<Contender> =>
  startSameForAll(port, 'node-http.mjs', 'node:http', 'the same JSON for everybody')

export const startBareExpress = (port: number): Promise<Contender> =>
  startSameForAll(port, 'express-json.mjs', 'Express', 'bare, `res.json`, the same JSON for everybody')

async function startSameForAll(port: number, script: string, name: string, settings: string): Promise<Contender> {
  const requests = { me: getStep(me, {}, '"username":"alice"') }
  return { name, settings, process: await startScript(script, port), people: [{}], requests }
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
