import { readFileSync } from 'node:fs'

/** A file in which the kernel tells something; undefined where there is none. Tests stand other machines in. */
export type ReadText = (path: string) => string | undefined

export const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
