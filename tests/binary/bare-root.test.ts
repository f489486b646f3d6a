import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { cacheFolder } from '../../scripts/binary/node-packages.ts'
import { copyLinked, getBinary, isRoot, nobody, waitForAddress, waitForInvite } from '../helpers/binary.ts'
import { goodPassword, registration } from '../helpers/people.ts'
import { startProcess } from '../helpers/processes.ts'
import { hasTool, leaveOut } from '../helpers/tools.ts'

// With all that people need loaded before it listens, so that no lack of files or memory can surprise it later.
const mostMegabytes = 120
/** Upper limits that only something broken exceeds; speed is measured apart. */
const mostSeconds = 5

test('in a bare Debian without Node and without /proc it serves people, quickly and in little memory', async (t) => {
  const binary = await getBinary(t)
  if (binary === undefined) return
  if (!isRoot) return leaveOut(t, 'only root can change the root folder')
  if (!hasTool(t, 'debootstrap') || !hasTool(t, 'curl')) return
  const root = await getBareRoot()
  t.false(['usr/bin/node', 'usr/local/bin/node', 'proc/self'].some((path) => existsSync(join(root, path))))
  const folder = mkdtempSync(join(root, 'srv', 'guestlist-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  copyLinked(binary, join(folder, 'guestlist'))
  mkdirSync(join(folder, 'home'))
  execFileSync('chown', ['--recursive', `${nobody}:${nobody}`, folder])
  const inside = folder.slice(root.length)
  const settings = ['PORT=0', 'PUBLIC_URL=http://localhost:3000']
  const command = ['env', '-i', '-C', inside, ...settings, './guestlist', 'serve']
  const running = startProcess(t, 'chroot', [`--userspec=${nobody}:${nobody}`, root, ...command])
  const url = await waitForAddress(running)
  const inviteCode = await waitForInvite(running)
  t.is(await curl(t, `${url}/readyz`), 200)
  const megabytes = residentMegabytes(running.child.pid)
  t.log(`resident memory: ${megabytes.toFixed(1)} MB`)
  t.true(megabytes < mostMegabytes, `${megabytes} MB`)
  t.is(await curl(t, `${url}/api/auth/register`, registration({ inviteCode })), 201)
  t.is(await curl(t, `${url}/api/auth/login`, { email: 'alice@example.com', password: goodPassword }), 200)
  running.child.kill('SIGTERM')
  t.is((await running.ended).code, 0)
  t.true(existsSync(join(folder, 'data', 'guestlist.db')))
})

/** The status that curl was answered with, each within the limit. */
async function curl(t: ExecutionContext, url: string, body?: unknown): Promise<number> {
  const sent = body === undefined ? [] : ['--json', JSON.stringify(body)]
  const format = '%{http_code} %{time_total}'
  const { stdout } = await promisify(execFile)('curl', ['-s', '-o', '/dev/null', '-w', format, ...sent, url])
  const [status, seconds] = stdout.split(' ').map(Number)
  t.true((seconds ?? Number.NaN) < mostSeconds, `${url}: ${seconds} s`)
  return status ?? 0
}

function residentMegabytes(pid: number | undefined): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

/** The smallest Debian, of the release that runs here, made once. */
async function getBareRoot(): Promise<string> {
  const [, release = 'stable'] = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? []
  const root = join(cacheFolder, `debian-${release}`)
  if (existsSync(root)) return root
  const unfinished = mkdtempSync(join(cacheFolder, 'debian-'))
  try {
    await promisify(execFile)('debootstrap', ['--variant=minbase', release, unfinished], { maxBuffer: 64 << 20 })
    // A temporary folder lets nobody else in, and this one is the root of whom we run as.
    chmodSync(unfinished, 0o755)
    renameSync(unfinished, root)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return root
}
