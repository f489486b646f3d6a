// Installs what is missing before a command runs; quick and silent when there is nothing to do.
// Plain JavaScript for an old Node: it runs before the right Node is there. It speaks on stderr only.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const lockFolder = join(root, '.install-lock')
const lockOwner = join(lockFolder, 'pid')
const longestInstallMs = 15 * 60_000

const modifiedAt = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

// npm writes this file last, so an installation that was cut short does not count.
const isInstalled = () => modifiedAt('node_modules/.package-lock.json') >= modifiedAt('package-lock.json')

const isAlive = (pid) => {
  if (pid === 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const readOwner = () => {
  try {
    return Number(readFileSync(lockOwner, 'utf8'))
  } catch {
    return 0
  }
}

let holdsLock = false

const removeLock = () => rmSync(lockFolder, { recursive: true, force: true })

function unlock() {
  if (holdsLock) removeLock()
  holdsLock = false
}

/** Another command's lock that its owner will not take away: it was killed, or its number is somebody else's now. */
function isAbandoned() {
  const age = Date.now() - modifiedAt('.install-lock')
  const owner = readOwner()
  return age > longestInstallMs || (age > 2000 && (owner === process.pid || !isAlive(owner)))
}

// Two commands started at once on a bare checkout must not install over one another.
function lock() {
  for (let waited = 0; ; waited += 1) {
    if (waited === 10) process.stderr.write('guestlist: waiting for another command that installs the packages …\n')
    try {
      mkdirSync(lockFolder)
      holdsLock = true
      writeFileSync(lockOwner, String(process.pid))
      process.on('exit', unlock)
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (isAbandoned()) removeLock()
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
}

function fail(message) {
  process.stderr.write(`guestlist: ${message}\n`)
  process.exit(1)
}

function install() {
  process.stderr.write('guestlist: installing the packages, once …\n')
  // No package's own install script is needed: better-sqlite3 carries its prebuilt binaries.
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const result = spawnSync('npm', flags, { cwd: root, stdio: ['ignore', 2, 2] })
  if (result.error) fail(`npm could not be started: ${result.error.message}`)
  if (result.status !== 0) fail('the packages could not be installed; what npm said stands above')
}

// `npm run` finds the packaged Node first, so this is the one that the command will run on.
function checkNode() {
  const { stdout } = spawnSync('node', ['--version'], { encoding: 'utf8' })
  const [major, minor] = (stdout ?? '').replace('v', '').split('.').map(Number)
  if (major > 24 || (major === 24 && minor >= 12)) return
  const found = stdout ? `this is ${stdout.trim()}` : 'the packaged one does not run here'
  fail(`Node 24.12 or later is needed (${found}): install it, and put it first on the PATH`)
}

if (!isInstalled()) {
  lock()
  if (!isInstalled()) install()
  unlock()
}
checkNode()
