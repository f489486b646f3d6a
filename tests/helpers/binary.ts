import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ExecutionContext } from 'ava'
import { cacheFolder } from '../../scripts/binary/node-packages.ts'
import { type Running, type Settings, startProcess } from './processes.ts'
import { projectFolder } from './source-files.ts'
import { temporaryFolder } from './start-server.ts'

export const isRoot = process.getuid?.() === 0
/** Who owns no file. */
export const nobody = 65534

/** The folder beside the data file in which the program keeps its addon, as the user that we start it as. */
export const ownCache = `.cache-${isRoot ? nobody : process.geteuid?.()}`

const sources = ['server', 'db', 'scripts']
const manifests = ['package.json', 'tsconfig.json', 'package-lock.json', 'clients/typescript/package.json']

/** What the program is made of, as far as it lies in the repository. */
export const inputs: readonly string[] = [
  ...manifests,
  ...sources.flatMap((folder) =>
    readdirSync(join(projectFolder, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(projectFolder.length + 1)),
  ),
].toSorted()

/** The one-file program for linux-x64, built once for the same sources; elsewhere undefined, and the test says so. */
export async function getBinary(t: ExecutionContext): Promise<string | undefined> {
  return (await getBuilt(t, 'linux-x64'))?.replace(/\.cdx\.json$/, '')
}

/** The bill of materials, which the build writes last; the program and its hash lie beside it. */
export async function getBuilt(t: ExecutionContext, target: string): Promise<string | undefined> {
  if (`${process.platform}-${process.arch}` !== 'linux-x64') {
    t.log(`left out: the one-file program is tested on linux-x64 only, this is ${process.platform}-${process.arch}`)
    t.pass()
    return undefined
  }
  t.timeout(300_000)
  const hash = createHash('sha256').update(process.version)
  for (const path of inputs) hash.update(path).update(readFileSync(join(projectFolder, path)))
  const tested = join(cacheFolder, 'tested')
  mkdirSync(tested, { recursive: true })
  const folder = join(tested, hash.digest('hex').slice(0, 16))
  const bill = join(folder, `guestlist-${target}.cdx.json`)
  // Test files run side by side: the first one builds, the others wait for its lock. What older sources gave goes.
  const build = `[ -e "$1" ] || { find "$2" -mindepth 1 -maxdepth 1 -type d -name '????????????????' ! -path "$3" -exec rm -r {} + &&
    exec "$4" scripts/build-binary.ts --target "$5" --out "$3"; }`
  const args = [join(tested, `${target}.lock`), 'sh', '-c', build, 'sh', bill, tested, folder, process.execPath, target]
  await promisify(execFile)('flock', args, { cwd: projectFolder })
  return bill
}

export interface Place {
  readonly program: string
  /** An empty folder, to work in. */
  readonly folder: string
}

/** The program alone in a folder that nobody may write, and an empty folder for the user that runs it. */
export function installBinary(t: ExecutionContext, binary: string): Place {
  const outside = temporaryFolder(t)
  chmodSync(outside, 0o755)
  const place = { program: join(outside, 'program', 'guestlist'), folder: join(outside, 'work') }
  mkdirSync(join(outside, 'program'))
  mkdirSync(place.folder)
  copyLinked(binary, place.program)
  chmodSync(join(outside, 'program'), 0o555)
  t.teardown(() => chmodSync(join(outside, 'program'), 0o755))
  if (isRoot) execFileSync('chown', [`${nobody}:${nobody}`, place.folder])
  return place
}

export function copyLinked(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    execFileSync('cp', [from, to])
  }
}

/** Runs the program in its empty folder, as somebody without rights, with these settings and no others at all. */
export function startBinary(t: ExecutionContext, place: Place, args: string[], settings: Settings = {}): Running {
  const command = ['env', '-i', '-C', place.folder, ...Object.entries(settings).map((pair) => pair.join('='))]
  const user = isRoot ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : []
  const [first = '', ...rest] = [...user, ...command, place.program, ...args]
  return startProcess(t, first, rest)
}

/** Any free port; the public address then has to be given. */
export const anyPort: Settings = { PORT: '0', PUBLIC_URL: 'http://localhost:3000' }

export async function waitForAddress(running: Running): Promise<string> {
  const [, address = ''] = await running.waitFor(/"address":"([^"]+)"/)
  return address
}

/** The code that the first start prints, on a line of its own. */
export async function waitForInvite(running: Running): Promise<string> {
  const [, code = ''] = await running.waitFor(/^ {4}([0-9A-Z]{5}(?:-[0-9A-Z]{5}){4})$/m)
  return code
}
