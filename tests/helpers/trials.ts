import { availableParallelism } from 'node:os'
import type { ExecutionContext } from 'ava'
import { Trial } from '../../scripts/prove/trial.ts'
import { type Change, copyProject } from './changed-copy.ts'

const served = ['server', 'db', 'scripts', 'package.json']

/** Hashes of a twelfth of the cost: requests still meet while they are made. */
export const quickHashes: Change = {
  file: 'server/passwords/password-hashing.ts',
  from: '{ logN: 15, r: 8, p: 3 }',
  to: '{ logN: 13, r: 8, p: 1 }',
}

/** The 30 seconds for which the token before the current one is answered, so short that a test can wait for their end. */
export const shortGrace: Change = {
  file: 'server/sessions/refresh-session.ts',
  from: 'const graceMs = 30 * second',
  to: 'const graceMs = second / 4',
}
export const pastShortGraceMs = 350

/** So many registrations that some still wait for their hash when the first is answered. */
export const someWaiting = 2 * availableParallelism() + 4

/** A trial of the server in this folder; all of it is gone when the test ends. */
export function startTrial(t: ExecutionContext, root: string): Trial {
  const trial = new Trial(root)
  t.teardown(() => trial.end())
  return trial
}

/** The checkout with these changes to its server, in a copy. */
export const copyServer = (t: ExecutionContext, changes: readonly Change[], folder?: string): string =>
  copyProject(t, served, changes, folder)
