import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { parse } from 'yaml'
import { getBinary, inputs, isRoot, waitForAddress, waitForInvite } from '../helpers/binary.ts'
import { registration } from '../helpers/people.ts'
import { type Running, startProcess } from '../helpers/processes.ts'
import { send } from '../helpers/send.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { temporaryFolder } from '../helpers/start-server.ts'
import { hasTool, leaveOut } from '../helpers/tools.ts'

const read = (path: string) => readFileSync(join(projectFolder, path), 'utf8')

/** The instructions of the last stage, which is the image. */
const instructions = read('deploy/Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', '')
  .split(/^FROM /m)
  .at(-1)
  ?.split('\n')
  .slice(1) as string[]

const argumentsOf = (name: string): string[] =>
  instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))

const environment = Object.fromEntries(
  argumentsOf('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('=', 2) as [string, string])),
)
const [entrypoint = [], command = []] = ['ENTRYPOINT', 'CMD'].map((name) => JSON.parse(argumentsOf(name)[0] ?? '[]'))

/** As docker does it, for what stands in ours: a folder or name, at the top or behind a `**`. */
function isIgnored(path: string): boolean {
  const patterns = read('.dockerignore').trim().split('\n')
  const parts = path.split('/')
  return patterns.some((pattern) => {
    if (pattern === '.*') return parts[0]?.startsWith('.')
    if (pattern.startsWith('**/')) return parts.includes(pattern.slice(3))
    return path === pattern || path.startsWith(`${pattern}/`)
  })
}

test('everything that the program is built of gets into the build, and nothing secret or heavy', (t) => {
  t.deepEqual(inputs.filter(isIgnored), [])
  for (const path of ['scripts/install.mjs', 'LICENSE', 'clients/typescript/package.json'])
    t.false(isIgnored(path), path)
  for (const path of ['data/guestlist.db', '.env', '.git/config', 'node_modules/x', 'clients/typescript/dist/x']) {
    t.true(isIgnored(path), path)
  }
})

test('the image starts the program itself, without a shell and as nobody', (t) => {
  t.deepEqual([entrypoint, command], [['/usr/local/bin/guestlist'], ['serve']])
  t.deepEqual(argumentsOf('USER'), ['65532:65532'])
  t.deepEqual(argumentsOf('VOLUME'), ['/data'])
  t.deepEqual(argumentsOf('RUN'), [])
  t.deepEqual(environment, {
    HOST: '0.0.0.0',
    DATABASE_URL: 'file:/data/guestlist.db',
    XDG_CACHE_HOME: '/data/.cache',
  })
})

/** The image's program with its environment, on a read-only root, without any right. */
function runImage(t: ExecutionContext, folder: string, program: string, args: readonly string[]): Running {
  const script = join(projectFolder, 'tests', 'helpers', 'run-image.sh')
  const settings = Object.entries({ ...environment, HOST: '127.0.0.1', PORT: '0', PUBLIC_URL: 'http://localhost:3000' })
  const inside = ['/usr/bin/env', '-i', ...settings.map((pair) => pair.join('=')), ...entrypoint, ...args]
  return startProcess(t, 'unshare', ['--mount', 'sh', script, folder, program, ...inside])
}

test('on a read-only root and without any right it serves people, mints and backs up; only its volume is written', async (t) => {
  if (!isRoot) return leaveOut(t, 'only root can make a root of its own')
  if (!hasTool(t, 'unshare') || !canMount(t)) return
  const program = await getBinary(t)
  if (program === undefined) return
  const folder = temporaryFolder(t)
  for (const name of ['root', 'data']) mkdirSync(join(folder, name), { mode: 0o700 })
  chownSync(join(folder, 'data'), 65532, 65532)
  const server = runImage(t, folder, program, command)
  const url = await waitForAddress(server)
  t.is((await send(url, 'GET', '/readyz')).status, 200)
  const body = registration({ inviteCode: await waitForInvite(server) })
  t.is((await send(url, 'POST', '/api/auth/register', { body })).status, 201)
  const minted = await runImage(t, folder, program, ['invites', 'mint', '--json']).ended
  t.is(minted.code, 0, minted.stderr)
  const backedUp = await runImage(t, folder, program, ['backup']).ended
  t.is(backedUp.code, 0, backedUp.stderr)
  server.child.kill('SIGTERM')
  t.is((await server.ended).code, 0)
  const names = readdirSync(join(folder, 'data')).sort()
  t.deepEqual(names, ['.cache', 'backups', 'guestlist.db'])
  for (const name of names) t.is(statSync(join(folder, 'data', name)).uid, 65532, name)
})

/** Not every machine lets root have mounts of its own. */
function canMount(t: ExecutionContext): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', temporaryFolder(t)], { stdio: 'pipe' })
    return true
  } catch (error) {
    t.log(`left out: this machine lets nobody mount: ${(error as Error).message}`)
    t.pass()
    return false
  }
}

test('of the composed services only the proxy can be reached, and none may change its image or get rights', (t) => {
  const { services, volumes } = parse(read('deploy/compose.yaml'))
  t.deepEqual(Object.keys(services), ['guestlist', 'caddy'])
  for (const [name, service] of Object.entries<Record<string, unknown>>(services)) {
    t.like(service, { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }, name)
    for (const volume of service.volumes as string[]) {
      const [source = '', , mode] = volume.split(':')
      t.true(source in volumes || (source.startsWith('./') && mode === 'ro'), volume)
    }
  }
  const { guestlist, caddy } = services
  t.false('ports' in guestlist)
  t.like(guestlist, { user: '65532:65532', volumes: ['data:/data'] })
  t.like(guestlist.environment, { TRUST_PROXY: 1, BACKUP_EVERY: '1d' })
  t.is(guestlist.build.dockerfile, 'deploy/Dockerfile')
  t.true(statSync(join(projectFolder, 'deploy', guestlist.build.context, guestlist.build.dockerfile)).isFile())
  t.is(caddy.environment.GUESTLIST_UPSTREAM, 'guestlist:3000')
})
