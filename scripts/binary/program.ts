import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getBlobMaker, type NodePackage, projectFolder } from './node-packages.ts'
import { host, type Target } from './targets.ts'

/** Node looks for this text in itself; the digit behind it says whether there is a blob. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

interface ProgramParts {
  readonly target: Target
  readonly node: NodePackage
  /** The folder with guestlist.cjs in it. */
  readonly staging: string
  readonly assets: Readonly<Record<string, string>>
  readonly program: string
}

/** Joins Node, the bundle and the assets to one executable, with Node's own mechanism for it. */
export function makeProgram({ target, node, staging, assets, program }: ProgramParts): void {
  const config = {
    // Relative, and run in that folder: this path is kept in the blob.
    main: 'guestlist.cjs',
    output: 'guestlist.blob',
    disableExperimentalSEAWarning: true,
    // V8's cache fits the machine that it was made on only.
    useCodeCache: target === host,
    assets,
    // As npm start has it: a third less memory under load.
    execArgv: ['--max-semi-space-size=4'],
  }
  writeFileSync(join(staging, 'sea-config.json'), JSON.stringify(config))
  // V8 salts its hashes of strings by chance, and they are in the cache; this seed is no part of what it compares.
  const args = ['--random-seed=1', '--experimental-sea-config', 'sea-config.json']
  execFileSync(getBlobMaker(node).program, args, { cwd: staging, stdio: 'pipe', env: {} })
  copyFileSync(node.program, program)
  chmodSync(program, 0o755)
  inject(program, join(staging, 'guestlist.blob'))
}

function inject(program: string, blob: string): void {
  const postject = join(projectFolder, 'node_modules', 'postject', 'dist', 'cli.js')
  const options = ['--sentinel-fuse', fuse, '--macho-segment-name', 'NODE_SEA']
  execFileSync(process.execPath, [postject, program, 'NODE_SEA_BLOB', blob, ...options], { stdio: 'pipe' })
  const content = readFileSync(program)
  if (content.indexOf(`${fuse}:1`) === -1) throw new Error(`${program} does not know that there is a blob in it`)
}
