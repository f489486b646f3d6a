// Makes one executable of this project, with Node in it: npm run build:binary [-- --target NAME | all] [--out FOLDER]
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
import { host, isTarget, type Target, targets } from './binary/targets.ts'

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: host },
    out: { type: 'string', default: join(import.meta.dirname, '..', 'dist') },
  },
})
const out = resolve(values.out)

try {
  for (const target of chosenTargets(values.target)) await build(target)
} catch (error) {
  exitOnStartupError(error)
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

async function build(target: Target): Promise<void> {
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
    const hash = hashOf(program, 'sha256', 'hex')
    writeFileSync(`${program}.sha256`, `${hash}  ${name}\n`)
    writeFileSync(`${program}.cdx.json`, describeContent(components, hash))
    for (const file of [name, `${name}.sha256`, `${name}.cdx.json`]) placeFile(join(staging, file), out, file)
    console.log(`${join(out, name)}  sha256 ${hash.slice(0, 16)}…  ${remark(target, node.version)}${signing ?? ''}`)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

function remark(target: Target, nodeVersion: string): string {
  const tried = isTarget(host) && target === host ? 'for this machine' : 'cross-built: NOT TRIED, it does not run here'
  return `Node ${nodeVersion}; ${tried}`
}
