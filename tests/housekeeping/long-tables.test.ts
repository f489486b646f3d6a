import test from 'ava'
import { v7 } from 'uuid'
import { parseConfig } from '../../server/config.ts'
import { Housekeeping } from '../../server/housekeeping/housekeeping.ts'
import type { BatchDone } from '../../server/housekeeping/walk.ts'
import { connectBeside, makeDataFile, openUntilEnd } from '../helpers/data-files.ts'
import { insertOldRows } from '../helpers/old-rows.ts'

const rows = 2500
const now = Date.parse('2026-11-23T12:00:00.000Z')

/** Every third has passed, from the first to the last. */
const inserts: Record<string, string> = {
  sessions: `
    INSERT INTO sessions (id, user_id, generation, created_at, authenticated_at, rotated_at, expires_at)
    VALUES (@id, @user, 1, 1, 1, 1, CASE WHEN @number % 3 THEN @future ELSE 1 END)`,
  invites: `
    INSERT INTO invites (id, code_hash, uses, created_at, expires_at, is_first_start)
    VALUES (@id, randomblob(32), 0, 1, CASE WHEN @number % 3 THEN @future ELSE 1 END, 0)`,
  password_reset_codes: `
    INSERT INTO password_reset_codes VALUES (randomblob(32), @user, 1, CASE WHEN @number % 3 THEN @future ELSE 1 END)`,
  oauth_flows: `
    INSERT INTO oauth_flows (state_hash, secret_hash, provider, code_verifier, nonce, return_to, expires_at)
    VALUES (randomblob(32), randomblob(32), '', '', '', '', CASE WHEN @number % 3 THEN @future ELSE 1 END)`,
  known_networks: `
    INSERT INTO known_networks VALUES (@key, @id, CASE WHEN @number % 3 THEN @future ELSE 1 END, NULL, NULL)`,
  sign_in_failures: `
    INSERT INTO sign_in_failures VALUES (@key, @id, 1, CASE WHEN @number % 3 THEN @future ELSE 1 + @number END)`,
}

for (const [table, sql] of Object.entries(inserts)) {
  test(`of more rows of ${table} than a batch looks at, all that have passed go, and no other`, async (t) => {
    const file = await makeDataFile(t)
    insertOldRows(file, { people: 1, sessions: 0, events: 0, from: now })
    const beside = connectBeside(t, file)
    beside.transaction(() => {
      const user = beside.prepare('SELECT id FROM users').pluck().get()
      const insert = beside.prepare(sql)
      for (let number = 0; number < rows; number += 1) {
        // Keys of accounts that have many networks each.
        insert.run({ number, id: v7(), user, key: Buffer.alloc(32, number % 7), future: now + 1 })
      }
    })()
    const batches: BatchDone[] = []
    const deps = { config: parseConfig({}), db: openUntilEnd(t, file), now: () => now, isDraining: () => false }
    const housekeeping = new Housekeeping(deps, (done) => batches.push(done))
    for (let before = -1; before < batches.length; ) {
      before = batches.length
      await housekeeping.run()
    }
    const left = beside.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
    t.is(left, rows - Math.ceil(rows / 3))
    t.is(
      batches.reduce((sum, { deleted }) => sum + deleted, 0),
      Math.ceil(rows / 3),
    )
  })
}
