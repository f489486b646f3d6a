import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startBenchProcess } from '../bench-process.ts'
import type { Contender, World } from './contenders.ts'

const folder = join(import.meta.dirname, '..', 'pocketbase')
const program = join(folder, 'pocketbase')
const person = { email: 'alice@example.com', password: 'secure-password', name: 'alice' }

/** PocketBase, built by Go where that is; undefined where it is not. It has one request for what `GET /me` answers: a record. */
export async function startPocketBase({ folder: temporary }: World, port: number): Promise<Contender | undefined> {
  if (!existsSync(program) && !build()) return undefined
  const data = ['--dir', join(temporary, 'pocketbase')]
  execFileSync(program, ['superuser', 'upsert', 'root@example.com', person.password, ...data], { stdio: 'ignore' })
  const args = ['serve', '--http', `127.0.0.1:${port}`, ...data]
  const server = await startBenchProcess({ command: program, args, port, env: {}, readyPath: '/api/health' })
  const post = async (path: string, body: unknown, Authorization = '') => {
    const headers = { 'Content-Type': 'application/json', Authorization }
    const answer = await fetch(`${server.url}/api/collections/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return (await answer.json()) as { token: string; id: string }
  }
  const { token: root } = await post('_superusers/auth-with-password', {
    identity: 'root@example.com',
    password: person.password,
  })
  const { id } = await post('users/records', { ...person, passwordConfirm: person.password }, root)
  const { token } = await post('users/auth-with-password', { identity: person.email, password: person.password })
  return {
    name: 'PocketBase',
    settings: `${versionOf()}, as it ships, reading one's own record of \`users\`, one person`,
    process: server,
    path: `/api/collections/users/records/${id}`,
    headers: [{ Authorization: token }],
    expected: '"name":"alice"',
  }
}

function build(): boolean {
  if (spawnSync('go', ['version']).error) {
    console.error('bench: Go is missing, so PocketBase is left out')
    return false
  }
  console.error('bench: building PocketBase, once; this takes a minute or two …')
  const { status } = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return status === 0
}

const versionOf = (): string =>
  /pocketbase\/pocketbase (v\S+)/.exec(readFileSync(join(folder, 'go.mod'), 'utf8'))?.[1] ?? 'unknown'
