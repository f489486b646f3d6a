import { verifyInWorker } from './bcrypt-worker.ts'
import type { ForeignHash } from './foreign-hash.ts'

/** What OWASP's Password Storage Cheat Sheet asks for at least. */
const leastRounds = 10
/** About a second of one core. */
const mostRounds = 14
/** Of the thread in which it is computed, measured: 11 MB. */
const threadMemory = 12 * 2 ** 20

/** As OpenBSD and PHP write it: 2a, 2b and 2y are one algorithm, 2x is a mistaken one. */
export function parseBcrypt(text: string): ForeignHash | undefined {
  const [, roundsText] = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/.exec(text) ?? []
  if (roundsText === undefined) return undefined
  const rounds = Number(roundsText)
  return {
    isTooWeak: rounds < leastRounds,
    isTooCostly: rounds > mostRounds,
    memory: threadMemory,
    verify: async (password) => await verifyInWorker(password, text),
  }
}
