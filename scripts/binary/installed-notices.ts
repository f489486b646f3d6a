import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sqliteVersion } from '../../db/sqlite-version.ts'
import { type Notice, nodeNotice, packageNotice, sqliteNotice } from './notices.ts'

/** In the repository: every installed package that is needed to run. The program carries its own, made by the build. */
export function installedNotices(): Notice[] {
  const root = join(import.meta.dirname, '..', '..')
  const lock: Record<string, { dev?: boolean; link?: boolean }> = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  ).packages
  const folders = Object.entries(lock)
    .filter(([path, { dev, link }]) => path.startsWith('node_modules/') && !dev && !link)
    .map(([path]) => join(root, path))
    .filter((folder) => existsSync(folder))
  const isNode = (folder: string): boolean => existsSync(join(folder, 'bin', 'node'))
  const notices = folders.map((folder) => (isNode(folder) ? nodeNotice(folder) : packageNotice(folder)))
  return [...notices, sqliteNotice(sqliteVersion())].sort((a, b) => (a.name < b.name ? -1 : 1))
}
