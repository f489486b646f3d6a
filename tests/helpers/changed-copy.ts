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

/** A copy of these files and folders of the project, with the changes made, until the test ends. */
export function copyProject(t: ExecutionContext, names: readonly string[], changes: readonly Change[]): string {
  const folder = temporaryFolder(t)
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    cpSync(join(projectFolder, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'))
  for (const { file, from, to } of changes) {
    const source = readFileSync(join(folder, file), 'utf8')
    t.is(source.split(from).length, 2, `${file} holds this once: ${from}`)
    writeFileSync(
      join(folder, file),
      source.replace(from, () => to),
    )
  }
  return folder
}
