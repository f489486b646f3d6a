import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from './database-error.ts'

/** Step by step: Node's own `recursive` never ends where no folder can be made, as below /proc. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process that starts at the same time may have made it.
    if (errorCode(error) !== 'EEXIST') throw error
  }
}
