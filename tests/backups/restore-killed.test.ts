import { dirname } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { openDatabase } from '../../db/open-database.ts'
import type { RestoreStep } from '../../server/backups/restore-backup.ts'
import {
  backUp,
  fillDataFile,
  lookInto,
  modeOf,
  namesBeside,
  restore,
  tamper,
  unseal,
  usernames,
} from '../helpers/backups.ts'
import { startProcess, startScript } from '../helpers/processes.ts'

/** A data file with alice and bob, the last in its journal only, and a backup of when alice was alone. */
async function prepare(t: ExecutionContext): Promise<{ file: string; backup: string }> {
  const file = await fillDataFile(t, ['alice', 'bob'])
  const { file: backup } = await backUp(file)
  unseal(backup)
  tamper(
    backup,
    "DELETE FROM users WHERE username = 'bob'; DELETE FROM sessions WHERE user_id NOT IN (SELECT id FROM users)",
  )
  return { file, backup }
}

/** Whichever file is there, it is whole, it is one of the two, and all goes on with it. */
async function assertOldOrNew(t: ExecutionContext, file: string, backup: string): Promise<'old' | 'new'> {
  const db = openDatabase(file)
  await db.selectFrom('users').select('id').execute()
  await db.destroy()
  t.deepEqual(lookInto(file, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }])
  const [last] = lookInto(file, 'SELECT event FROM audit_events ORDER BY sequence DESC LIMIT 1')
  const isNew = last?.event === 'database.restored'
  t.deepEqual(usernames(file), isNew ? ['alice'] : ['alice', 'bob'])
  for (const name of namesBeside(file)) {
    if (name !== 'backups') t.is(modeOf(`${dirname(file)}/${name}`), '600', name)
  }
  await restore(file, backup)
  t.deepEqual(usernames(file), ['alice'])
  const kept = namesBeside(file).filter((name) => name.includes('.replaced-'))
  t.is(kept.length, isNew ? 2 : 1, 'a second name that was given for nothing is gone')
  t.notRegex(namesBeside(file).join(), /restoring|-wal|-shm|-journal/, 'nothing is left')
  return isNew ? 'new' : 'old'
}

const steps: readonly (readonly [step: RestoreStep, left: 'old' | 'new'])[] = [
  ['locked', 'old'],
  ['copied', 'old'],
  ['proven', 'old'],
  ['renewed', 'old'],
  ['kept', 'old'],
  ['replaced', 'new'],
]

for (const [step, left] of steps) {
  test(`a restore that is killed once it has ${step} leaves the ${left} file whole`, async (t) => {
    const { file, backup } = await prepare(t)
    const killed = startScript(t, 'tests/helpers/restore-until.ts', [backup, step], { DATABASE_URL: `file:${file}` })
    t.is((await killed.ended).signal, 'SIGKILL')
    t.is(await assertOldOrNew(t, file, backup), left)
  })
}

for (const change of [2, 4, 7, 9, 10, 11, 14, 15, 16]) {
  test(`a restore that is killed at its change ${change} to a file leaves the old file or the new one whole`, async (t) => {
    const { file, backup } = await prepare(t)
    const args = ['--import', './tests/helpers/die-at-change.ts', 'scripts/guestlist.ts', 'restore', backup]
    const killed = startProcess(t, process.execPath, args, {
      DATABASE_URL: `file:${file}`,
      DIE_AT_CHANGE: String(change),
    })
    t.is((await killed.ended).signal, 'SIGKILL')
    await assertOldOrNew(t, file, backup)
  })
}
