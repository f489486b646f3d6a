// Measures how long housekeeping holds up requests, on the disk of a folder: npm run bench:housekeeping -- [FOLDER]
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openDatabase } from '../db/open-database.ts'
import { parseConfig } from '../server/config.ts'
import { Housekeeping } from '../server/housekeeping/housekeeping.ts'
import type { BatchDone } from '../server/housekeeping/walk.ts'
import { insertOldRows } from '../tests/helpers/old-rows.ts'

const rows = 200_000
const year = 365 * 86_400_000

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'guestlist-bench-'))
try {
  const config = parseConfig({ DATABASE_URL: `file:${join(folder, 'guestlist.db')}` })
  const db = openDatabase(config.databaseFile, config)
  // The file is made with the first query.
  await sql`select 1`.execute(db)
  insertOldRows(config.databaseFile, { people: 5000, sessions: rows, events: rows, from: Date.now() - year })
  const batches: BatchDone[] = []
  const deps = { config, db, now: Date.now, isDraining: () => false }
  const housekeeping = new Housekeeping(deps, (done) => batches.push(done))
  const alone: number[] = []
  console.log(`Node ${process.version}: ${rows} sessions and ${rows} audit events of last year, in ${folder}`)
  for (let before = -1; before < batches.length; ) {
    before = batches.length
    await housekeeping.run()
    for (let count = 0; count < 10; count += 1) alone.push(timeSync(join(folder, 'alone')))
  }
  await db.destroy()
  for (const name of ['audit events', 'sessions']) {
    const ofTable = batches.filter((batch) => batch.name === name)
    const deleted = ofTable.reduce((sum, batch) => sum + batch.deleted, 0)
    print(
      `${deleted} ${name} in ${ofTable.length} batches`,
      ofTable.map(({ ms }) => ms),
    )
  }
  print('the disk alone, to synchronise one page', alone)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** A commit waits for this at least. */
function timeSync(file: string): number {
  const descriptor = openSync(file, 'a')
  writeSync(descriptor, Buffer.alloc(4096))
  const startedAt = performance.now()
  fdatasyncSync(descriptor)
  const ms = performance.now() - startedAt
  closeSync(descriptor)
  return ms
}

function print(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1)
  console.log(`${what}: median ${at(0.5)} ms, 99 % under ${at(0.99)} ms, longest ${at(1)} ms`)
}
