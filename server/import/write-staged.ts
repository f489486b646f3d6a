import { setTimeout as delay } from 'node:timers/promises'
import { flushLog } from '../../db/flush-log.ts'
import type { Database, DatabaseTransaction } from '../../db/schema.ts'
import { StartupError } from '../../db/startup-error.ts'
import type { Ambience } from '../ambience.ts'
import { findChainEnd } from '../audit/audit-store.ts'
import { second } from '../durations.ts'
import { chainStagedEvents, insertEventSlice, insertStagedEvents, insertUserSlice } from './staging-store.ts'

/** How long others may be held up. */
export interface Holding {
  /** A write of the server gives up after 5 seconds, and the commit comes on top of this. */
  readonly longestMs: number
  readonly attempts: number
  /** Between two attempts, for those who waited. */
  readonly pauseMs: number
  /** Milliseconds that only go forward. */
  readonly clock: () => number
}

export const besideServer: Holding = {
  longestMs: 3 * second,
  attempts: 5,
  pauseMs: 2 * second,
  clock: () => performance.now(),
}

/** Where no other process has the file open, nobody waits. */
export const alone: Holding = { ...besideServer, longestMs: Number.POSITIVE_INFINITY }

interface WriteDeps extends Pick<Ambience, 'now' | 'newId'> {
  readonly db: Database
}

const sliceSize = 5000

class HeldTooLong extends Error {}

/**
 * Writes all that is staged in one transaction, which gives up rather than hold the others up for longer than they wait,
 * and tries again. Throws a temporary `StartupError` when every attempt took too long; then nothing was written.
 */
export async function writeStaged(deps: WriteDeps, userIds: readonly string[], holding: Holding): Promise<void> {
  const { db } = deps
  const events = await insertStagedEvents(db, deps, userIds)
  const at = deps.now()
  let end = await findChainEnd(db)
  let hashes = chainStagedEvents(events, { end, at })
  const write = async (trx: DatabaseTransaction): Promise<void> => {
    const giveUpAt = holding.clock() + holding.longestMs
    const newEnd = await findChainEnd(trx)
    // An event was written meanwhile: those of the import have to follow it.
    if (newEnd?.sequence !== end?.sequence) {
      end = newEnd
      hashes = chainStagedEvents(events, { end, at })
    }
    for (const insert of [insertUserSlice, insertEventSlice]) {
      for (let from = 1; from <= userIds.length; from += sliceSize) {
        await insert(trx, { from, to: Math.min(from + sliceSize - 1, userIds.length) }, { end, at, hashes })
        await flushLog(trx)
        if (holding.clock() > giveUpAt) throw new HeldTooLong()
      }
    }
  }
  for (let attempt = 1; attempt <= holding.attempts; attempt += 1) {
    if (attempt > 1) await delay(holding.pauseMs)
    try {
      return await db.transaction().execute(write)
    } catch (error) {
      if (!(error instanceof HeldTooLong)) throw error
    }
  }
  throw new StartupError(
    `this machine is too busy to write ${userIds.length} people at once without holding the server up: nothing was imported. ` +
      'Try again later, split the file, or stop the server first',
    { isTemporary: true },
  )
}
