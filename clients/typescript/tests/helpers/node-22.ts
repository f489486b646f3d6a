import { existsSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { run } from './packed.ts'

const source = join(import.meta.dirname, '..', 'package', 'node-22')
const folder = join(import.meta.dirname, '..', '..', '..', '..', 'node_modules', '.cache', 'node-22')
const program = join(folder, 'node_modules', '.bin', 'node')

/**
 * The oldest Node that the client supports, fetched once by its lockfile. `undefined`, and a line in the output, where
 * there is no package of it; under `CI=true` that is a failure.
 */
export async function findNode22(t: ExecutionContext): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    if (process.env.CI === 'true') throw new Error('Node 22 is fetched for linux-x64 only')
    t.log('not run: Node 22 is fetched for linux-x64 only')
    return undefined
  }
  if (!existsSync(program)) {
    await mkdir(folder, { recursive: true })
    for (const name of ['package.json', 'package-lock.json']) await copyFile(join(source, name), join(folder, name))
    await run(folder, 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], process.env)
  }
  return program
}
