import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addonAsset, addonHashAsset } from '../../db/carried-addon.ts'
import { sqliteVersion, sqliteVersionAsset } from '../../db/sqlite-version.ts'
import { packagedFiles } from '../../server/packaged-file.ts'
import { hashOf } from './hash.ts'
import { type NodePackage, projectFolder } from './node-packages.ts'
import { licensesAsset, type Notice, nodeNotice, packageNotice, sqliteNotice } from './notices.ts'
import type { Target } from './targets.ts'

const modules = join(projectFolder, 'node_modules')

interface Content {
  readonly target: Target
  readonly node: NodePackage
  /** Folders of the packages whose code is in the bundle. */
  readonly bundled: readonly string[]
}

/** What is in the program: a package of npm, or what came in one. */
export interface Component {
  readonly notice: Notice
  /** The package of the lockfile that brought it. */
  readonly from: { readonly name: string; readonly version: string }
}

/** Writes what is not there yet; gives each asset's file by its name, and everything that the program is made of. */
export function writeAssets(
  staging: string,
  { target, node, bundled }: Content,
): { assets: Record<string, string>; components: Component[] } {
  const addon = join(modules, 'better-sqlite3', 'prebuilds', `${target}.node`)
  const files = packagedFiles.map((file) => [file, join(modules, file)])
  // node-addon-api is headers, compiled into the addon.
  const carried = [...packagedFiles.map((file) => file.split('/')[0] ?? ''), 'better-sqlite3', 'node-addon-api']
  const folders = new Set([
    ...bundled.map((folder) => join(projectFolder, folder)),
    ...carried.map((name) => join(modules, name)),
  ])
  const sqlite = sqliteNotice(sqliteVersion())
  const components: Component[] = [
    ...[...folders].map((folder) => packageNotice(folder)).map((notice) => ({ notice, from: notice })),
    { notice: nodeNotice(node.folder), from: node },
    { notice: sqlite, from: packageNotice(join(modules, 'better-sqlite3')) },
  ].sort((a, b) => (a.notice.name < b.notice.name ? -1 : 1))
  const write = (name: string, text: string): [string, string] => {
    const file = join(staging, name)
    writeFileSync(file, text)
    return [name, file]
  }
  return {
    components,
    assets: Object.fromEntries([
      ...files,
      [addonAsset, addon],
      write(addonHashAsset, hashOf(addon, 'sha256', 'hex')),
      write(sqliteVersionAsset, sqlite.version),
      write(licensesAsset, JSON.stringify(components.map(({ notice }) => notice))),
    ]),
  }
}
