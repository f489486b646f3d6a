import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { projectFolder } from './source-files.ts'
import { temporaryFolder } from './start-server.ts'

/** What stands as `from` in the project stands as `to` in the copy. */
export interface Change {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** A copy of these files and folders of the project, with the changes made; without a folder, until the test ends. */
export function copyProject(
  t: ExecutionContext,
  names: readonly string[],
  changes: readonly Change[],
  folder = temporaryFolder(t),
): string {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    cpSync(join(projectFolder, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'))
  for (const change of changes) changeFile(t, folder, change)
  return folder
}

/** Makes a change to a copy; gives what takes it back. */
export function changeFile(t: ExecutionContext, folder: string, { file, from, to }: Change): () => void {
  const path = join(folder, file)
  const source = readFileSync(path, 'utf8')
  t.is(source.split(from).length, 2, `${file} holds this once: ${from}`)
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
  return () => writeFileSync(path, source)
}
