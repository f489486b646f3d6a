import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { TestFn } from 'ava'

const projectFolder = join(import.meta.dirname, '..', '..', '..', '..')

/** Runs a program to its end and answers what it printed. */
export async function run(folder: string, command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return (await promisify(execFile)(command, args, { cwd: folder, env })).stdout
}

/** A folder outside of the project for one file of tests, removed when they are over. */
export function temporaryFolder(test: TestFn): string {
  const folder = mkdtempSync(join(tmpdir(), 'guestlist-package-'))
  test.after.always('the folder is removed', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Packs a folder as it would be published, without building it anew beneath the other tests; answers the file. */
export async function pack(source: 'clients/typescript' | 'node_modules/jose', folder: string): Promise<string> {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const [packed] = JSON.parse(await run(join(projectFolder, source), 'npm', args, process.env))
  return join(folder, packed.filename.replace('@', '').replace('/', '-'))
}

/** What a person's shell has, with nothing of ours in it: no npm settings, no modules, an empty home. */
export function bareEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: [dirname(process.execPath), '/usr/local/bin:/usr/bin:/bin'].join(':'), HOME: home }
}

/** Makes an empty project with nothing but the packed client and jose; answers its folder. */
export async function installPacked(folder: string): Promise<string> {
  const [project, home] = [join(folder, 'project'), join(folder, 'home')]
  await Promise.all([mkdir(project), mkdir(home)])
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
  const files = [await pack('clients/typescript', folder), await pack('node_modules/jose', folder)]
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund']
  await run(project, 'npm', ['install', ...flags, ...files], bareEnvironment(home))
  return project
}
