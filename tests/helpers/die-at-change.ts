// Preloaded: the process is killed right after the change to a file or a folder whose number DIE_AT_CHANGE tells.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

type Call = (...args: unknown[]) => unknown

let left = Number(process.env.DIE_AT_CHANGE)

for (const name of [
  'linkSync',
  'renameSync',
  'rmSync',
  'unlinkSync',
  'chownSync',
  'fsyncSync',
  'open',
  'write',
] as const) {
  const change = fs[name] as Call
  const counted: Call = (...args) => {
    const result = change(...args)
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
    return result
  }
  Object.assign(fs, { [name]: counted })
}
syncBuiltinESMExports()
