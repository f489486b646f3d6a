import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { errorCode } from '../../db/database-error.ts'
import { identityOf } from '../../db/file-identity.ts'
import { type DataFileLock, lockDataFile } from '../../db/lock-data-file.ts'
import { makeFolder } from '../../db/make-folder.ts'
import { StartupError } from '../../db/startup-error.ts'
import { toStamp } from './backup.ts'
import { copyPrivately, giveToOwnerOf, placeUnlessTaken, refusesLinks, syncFolder } from './durable-files.ts'

/** SQLite's own files beside one of its files. */
const companions = ['', '-wal', '-shm', '-journal']

/** The place of the data file, which no other process has open until the release. */
export interface HeldDataFile {
  /** Where the file really lies. */
  readonly file: string
  /** A name beside it for a file in the making. */
  readonly temporary: string
  /** Keeps the file under a name of its own; undefined when there was none. */
  keep(now: number): string | undefined
  /** Puts the finished file in the place, at one stroke. */
  replace(): void
  release(): void
}

/** @param source a file beside it that stays, whatever its name */
export function holdDataFile(path: string, source?: string): HeldDataFile {
  const file = resolveLinks(path)
  if (existsSync(file) && !statSync(file).isFile()) throw new StartupError(`${file} is no file: change DATABASE_URL`)
  makeFolder(dirname(file))
  const held = existsSync(file) ? lock(file) : undefined
  try {
    if (held === undefined) refuseRemains(file)
    else removeRemains(file, source)
  } catch (error) {
    held?.release()
    throw error
  }
  let unreplaced: string | undefined
  const temporary = `${file}.restoring-${randomBytes(8).toString('hex')}`
  return {
    file,
    temporary,
    keep: (now) => {
      if (held !== undefined) unreplaced = keepAside(held, file, `${file}.replaced-${toStamp(now)}`)
      return unreplaced
    },
    replace: () => {
      for (const suffix of companions.slice(1)) rmSync(temporary + suffix, { force: true })
      giveToOwnerOf(held === undefined ? dirname(file) : file, temporary)
      if (held !== undefined) renameSync(temporary, file)
      else if (!placeUnlessTaken(temporary, file)) throw new StartupError(`${file} was made meanwhile: restore again`)
      unreplaced = undefined
      syncFolder(dirname(file))
    },
    release: () => {
      if (unreplaced !== undefined) rmSync(unreplaced)
      for (const suffix of companions) rmSync(temporary + suffix, { force: true })
      held?.release()
    },
  }
}

interface HeldFile extends DataFileLock {
  readonly descriptor: number
}

// Closing any descriptor of a file gives up the process's locks on it: this one is opened first and closed last.
function lock(file: string): HeldFile {
  const descriptor = openSync(file, 'r')
  try {
    const { fold, release } = lockDataFile(file)
    return {
      descriptor,
      fold,
      release: () => {
        release()
        closeSync(descriptor)
      },
    }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** A second name for the same file where the file system has such, else a copy. */
export function keepAside(
  { fold, descriptor }: Pick<HeldFile, 'fold' | 'descriptor'>,
  file: string,
  name: string,
  link = linkSync,
): string {
  fold()
  for (let number = 1; ; number += 1) {
    const kept = number === 1 ? name : `${name}-${number}`
    try {
      link(file, kept)
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue
      if (!refusesLinks(error)) throw error
      if (existsSync(kept)) continue
      copyPrivately(descriptor, kept)
    }
    syncFolder(dirname(file))
    return kept
  }
}

function resolveLinks(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return path
  throw new StartupError(`${path} is a link to a file that does not exist: is its disk mounted?`)
}

/** What lies beside a file that is missing belongs to that file: with another it would be taken for its own. */
function refuseRemains(file: string): void {
  const remains = companions.map((suffix) => file + suffix).find((name) => existsSync(name))
  if (remains === undefined) return
  throw new StartupError(`${file} is missing, but ${remains} is there: stop the server, and move that file away`)
}

/** What a killed restore left: files in the making, and a second name of the data file that was still to be replaced. */
function removeRemains(file: string, source: string | undefined): void {
  const folder = dirname(file)
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (!name.startsWith(basename(file)) || !lstatSync(path, { throwIfNoEntry: false })?.isFile() || path === source)
      continue
    const rest = name.slice(basename(file).length)
    const isUnfinished = /^\.restoring-[0-9a-f]{16}(-wal|-shm|-journal)?$/.test(rest)
    const isReplaced = rest.startsWith('.replaced-') && identityOf(path) === identityOf(file)
    if (isUnfinished || isReplaced) rmSync(path, { force: true })
  }
}
