import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { identityOf } from './file-identity.ts'
import { StartupError } from './startup-error.ts'

/** Throws for a path at which SQLite would do harm, before anything opens it; makes and changes nothing. */
export function refuseUnfitFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) refuseRemains(file)
  else if (found.isFile()) refuseSecondName(file, found)
  // Opening a pipe waits for whoever writes to it, and a device is written over.
  else throw new StartupError(`${file} is a ${kindOf(found)}: DATABASE_URL must name a file in a folder`)
}

/** Where there is no file, a new one would hide that there was one. */
function refuseRemains(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) {
    throw new StartupError(`${file} is a link to a file that does not exist: is its disk mounted?`)
  }
  const folder = dirname(file)
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return
  const log = `${file}-wal`
  const rescued = readdirSync(folder).findLast((name) => name.startsWith(`${basename(file)}.rescued-`))
  if (rescued !== undefined) {
    throw new StartupError(
      `${file} is missing, but ${join(folder, rescued)} was saved from it: move away ${log}, if it is there, and give ` +
        'the saved file the name that is missing',
    )
  }
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new StartupError(`${file} is missing, but its ${log} is there: put the data file back, or move that away`)
  }
}

/** SQLite names its log after the file: by two names there are two logs, and what stands in one is lost to the other. */
function refuseSecondName(file: string, found: Stats): void {
  const real = realpathSync(file)
  if (isMountPoint(real)) {
    throw new StartupError(`${file} is mounted by itself, without its -wal: mount its folder instead`)
  }
  if (found.nlink === 1) return
  if (/\.replaced-\d{8}T\d{6}Z/.test(file)) {
    throw new StartupError(`${file} is a second name of a data file, left by a restore that was interrupted: delete it`)
  }
  const names = findOtherNames(real)
  // A restore that was killed leaves one of these, which nobody opens.
  const left = names.filter((name) => /\.(replaced|restoring)-/.test(name))
  if (found.nlink - left.length === 1) return
  const other = names.find((name) => !left.includes(name)) ?? 'in another folder'
  throw new StartupError(
    `${file} has a second name (a hard link: ${other}), and by two names two servers would lose what they write: ` +
      'delete one of them, once no server has it open',
  )
}

function findOtherNames(file: string): string[] {
  const identity = identityOf(file)
  const paths = readdirSync(dirname(file)).map((name) => join(dirname(file), name))
  return paths.filter((path) => path !== file && lstatSync(path).isFile() && identityOf(path) === identity)
}

/** As Linux tells it (proc(5), mountinfo: the fifth field); elsewhere nobody knows. */
function isMountPoint(file: string): boolean {
  try {
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
    return lines.some((line) => line.split(' ')[4]?.replace(/\\(\d{3})/g, fromOctal) === file)
  } catch {
    return false
  }
}

const fromOctal = (_match: string, digits: string): string => String.fromCharCode(Number.parseInt(digits, 8))

const kindOf = (found: Stats): string =>
  found.isDirectory() ? 'folder' : found.isFIFO() ? 'pipe' : found.isSocket() ? 'socket' : 'device'
