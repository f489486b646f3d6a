// Makes one executable of this project, with Node in it: npm run build:binary [-- --target NAME | all] [--out FOLDER]
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { StartupError } from '../db/startup-error.ts'
import { exitOnStartupError } from '../server/process.ts'
import { writeAssets } from './binary/assets.ts'
import { bundle } from './binary/bundle.ts'
import { hashOf } from './binary/hash.ts'
import { cacheFolder, getNode } from './binary/node-packages.ts'
import { placeFile } from './binary/place-file.ts'
import { makeProgram } from './binary/program.ts'
import { describeContent } from './binary/sbom.ts'
import { findSigner, sign } from './binary/sign.ts'
import { host, type Target, targets } from './binary/targets.ts'

const dist = join(import.meta.dirname, '..', 'dist')

try {
  const { target, out } = parseOptions()
  for (const each of chosenTargets(target)) await build(each, resolve(out))
} catch (error) {
  exitOnStartupError(error)
}

function parseOptions(): { target: string; out: string } {
  try {
    const options = { target: { type: 'string', default: host }, out: { type: 'string', default: dist } } as const
    return parseArgs({ options }).values
  } catch (error) {
    throw new StartupError((error as Error).message)
  }
}

function chosenTargets(name: string): Target[] {
  const known = Object.keys(targets) as Target[]
  const chosen = name === 'all' ? known : known.filter((each) => each === name)
  if (chosen.length === 0) throw new StartupError(`--target must be one of ${known.join(', ')} or all, not ${name}`)
  if (host !== 'linux-x64' && chosen.some((each) => each !== host)) {
    throw new StartupError(`on ${host} only its own program can be built; linux-x64 builds all of them`)
  }
  return chosen
}

async function build(target: Target, out: string): Promise<void> {
  mkdirSync(cacheFolder, { recursive: true })
  const staging = mkdtempSync(join(cacheFolder, 'build-'))
  try {
    const node = getNode(target)
    const bundled = await bundle(join(staging, 'guestlist.cjs'))
    const { components, assets } = writeAssets(staging, { target, node, bundled })
    const name = `guestlist-${target}`
    const program = join(staging, name)
    makeProgram({ target, node, staging, assets, program })
    const signing = target.startsWith('darwin') ? sign(program, findSigner()) : undefined
    const tried = tryOut(target, program, node.version)
    const hash = hashOf(program, 'sha256', 'hex')
    writeFileSync(`${program}.sha256`, `${hash}  ${name}\n`)
    writeFileSync(`${program}.cdx.json`, describeContent(components, hash))
    for (const file of [name, `${name}.sha256`, `${name}.cdx.json`]) placeFile(join(staging, file), out, file)
    console.log(`${join(out, name)}  sha256 ${hash.slice(0, 16)}…  ${tried}${signing ?? ''}`)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/** What is said of it: a program for this machine must start, one for another has been tried by nobody yet. */
function tryOut(target: Target, program: string, nodeVersion: string): string {
  if (target !== host) return `Node ${nodeVersion}; cross-built, NOT TRIED here`
  const { node, binary } = JSON.parse(execFileSync(program, ['version', '--json'], { encoding: 'utf8', env: {} }))
  if (node !== nodeVersion || !binary) throw new Error(`${program} does not say what it is made of`)
  return `Node ${nodeVersion}; tried here: it starts`
}
