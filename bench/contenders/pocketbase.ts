import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cores, startBenchProcess } from '../bench-process.ts'
import { type Contender, getStep, postStep } from './contender.ts'

const source = join(import.meta.dirname, '..', 'pocketbase')
const program = join(source, 'pocketbase')
const password = 'a-secure-password'
const records = '/api/collections/users/records'

/** PocketBase, built by Go where that is; undefined where it is not. It has one request for what `GET /me` answers: a record. */
export async function startPocketBase(folder: string, port: number, cores: Cores): Promise<Contender | undefined> {
  if (!existsSync(program) && !build()) return undefined
  const data = ['--dir', join(folder, `pocketbase-${port}`)]
  execFileSync(program, ['superuser', 'upsert', 'root@example.com', password, ...data], { stdio: 'ignore' })
  const args = ['serve', '--http', `127.0.0.1:${port}`, ...data]
  const process = await startBenchProcess({ command: program, args, port, readyPath: '/api/health', cores })
  const call = async (method: string, path: string, body: unknown, Authorization = ''): Promise<Answer> => {
    const headers = { 'Content-Type': 'application/json', Authorization }
    const answer = await fetch(`${process.url}${path}`, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`PocketBase answers ${answer.status} to ${path}: ${await answer.text()}`)
    return (await answer.json()) as Answer
  }
  const signIn = (collection: string, identity: string) =>
    call('POST', `/api/collections/${collection}/auth-with-password`, { identity, password })
  const { token: root } = await signIn('_superusers', 'root@example.com')
  // As it ships, nobody sees another's record.
  await call('PATCH', '/api/collections/users', { viewRule: '@request.auth.id != ""' }, root)
  const makeAccount = (name: string) =>
    call('POST', records, { email: `${name}@example.com`, name, password, passwordConfirm: password })
  const [{ id }, { id: other }] = [await makeAccount('alice'), await makeAccount('alice-two')]
  const { token } = await signIn('users', 'alice@example.com')
  const signedIn = { Authorization: '{token}' }
  const newcomer = { email: 'newcomer-{number}@example.com', password, passwordConfirm: password }
  const login = { identity: 'alice@example.com', password }
  return {
    name: 'PocketBase',
    settings: `${versionOf()}, as it ships, but people may see one another; reading a record of \`users\`, one session`,
    hash: 'bcrypt, cost 10',
    process,
    people: [{ token, id, other }],
    requests: {
      me: getStep(`${records}/{id}`, signedIn, '"name":"alice"'),
      user: getStep(`${records}/{other}`, signedIn, '"name":"alice-two"'),
      refresh: postStep('/api/collections/users/auth-refresh', signedIn, undefined, {
        status: 200,
        expected: '"token"',
      }),
      login: postStep('/api/collections/users/auth-with-password', {}, login, { status: 200, expected: '"token"' }),
      register: postStep(records, {}, newcomer, { status: 200, expected: '"id"' }),
    },
  }
}

interface Answer {
  readonly token: string
  readonly id: string
}

function build(): boolean {
  if (spawnSync('go', ['version']).error) {
    console.error('bench: Go is missing, so PocketBase is left out')
    return false
  }
  console.error('bench: building PocketBase, once; this takes a minute or two …')
  const { status } = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: source,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return status === 0
}

const versionOf = (): string =>
  /pocketbase\/pocketbase (v\S+)/.exec(readFileSync(join(source, 'go.mod'), 'utf8'))?.[1] ?? 'unknown'
