// Commits a second of the row that a refresh writes, with nothing around it: node raw-commits.ts FILE SECONDS
import { openSqlite } from '../../db/open-sqlite.ts'

const [file = '', seconds = '1'] = process.argv.slice(2)
const handle = openSqlite(file)
handle.pragma('journal_mode = WAL')
handle.pragma('synchronous = FULL')
const ids = handle.prepare('SELECT id FROM sessions LIMIT 10000').pluck().all()
const rotate = handle.prepare(
  'UPDATE sessions SET generation = generation + 1, base_generation = generation, rotated_at = ?, expires_at = ? ' +
    'WHERE id = ? AND ended_at IS NULL',
)
const endsAt = performance.now() + Number(seconds) * 1000
const beganAt = performance.now()
let commits = 0
while (performance.now() < endsAt) {
  const now = Date.now()
  if (rotate.run(now, now + 2_592_000_000, ids[commits % ids.length]).changes !== 1) throw new Error('no row')
  commits += 1
}
console.log(JSON.stringify((commits * 1000) / (performance.now() - beganAt)))
