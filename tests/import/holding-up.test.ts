import test from 'ava'
import { isOpenElsewhere } from '../../db/lock-data-file.ts'
import { StartupError } from '../../db/startup-error.ts'
import { createAmbience } from '../../server/ambience.ts'
import { verifyAuditChain } from '../../server/audit/verify-chain.ts'
import { importAccounts } from '../../server/import/import-accounts.ts'
import type { Row } from '../../server/import/row.ts'
import { alone, besideServer, type Holding } from '../../server/import/write-staged.ts'
import { connectBeside, makeDataFile, openUntilEnd } from '../helpers/data-files.ts'
import { importFile, plainReading } from '../helpers/import-files.ts'

async function* twoPeople(): AsyncGenerator<Row> {
  for (const [index, username] of ['alice', 'bob'].entries()) {
    yield { line: index + 1, fields: { username, email: `${username}@example.com` } }
  }
}

/** A machine on which each look at the clock is two seconds later than the one before. */
function slowMachine(holding: Holding, onLook: (look: number) => void = () => {}): Holding {
  let looks = 0
  const clock = (): number => {
    looks += 1
    onLook(looks)
    return 2000 * looks
  }
  return { ...holding, clock, pauseMs: 1 }
}

test('an import that would hold others up for longer than they wait gives way, and after five attempts imports nobody', async (t) => {
  const file = await makeDataFile(t)
  const db = openUntilEnd(t, file)
  const beside = connectBeside(t, file)
  const write = beside.prepare('UPDATE write_probe SET written_at = written_at + 1')
  let attempts = 0
  const holding = slowMachine(besideServer, (look) => {
    if (look % 3 !== 1) return
    attempts += 1
    t.throws(() => write.run(), { code: 'SQLITE_BUSY' }, 'it holds the lock')
  })
  const error = await t.throwsAsync(importAccounts({ ...createAmbience(), db }, twoPeople(), plainReading, holding), {
    instanceOf: StartupError,
    message: /too busy to write 2 people .*: nothing was imported. Try again later, split the file, or stop the server/,
  })
  t.true(error.isTemporary)
  t.is(attempts, 5)
  t.notThrows(() => write.run(), 'the lock is free')
  t.is(beside.prepare('SELECT count(*) FROM users').pluck().get(), 0)
  t.like(await verifyAuditChain(db), { isWhole: true, events: 0 })
})

test('an attempt that came too late takes nothing from the next: all come in then, each with one event', async (t) => {
  const file = await makeDataFile(t)
  const db = openUntilEnd(t, file)
  const looked = { times: 0 }
  const clock = (): number => {
    looked.times += 1
    return looked.times <= 3 ? 2000 * looked.times : 6000
  }
  const holding = { ...besideServer, clock, pauseMs: 1 }
  const imported = await importAccounts({ ...createAmbience(), db }, twoPeople(), plainReading, holding)
  t.like(imported, { imported: 2, refused: [] })
  t.is(looked.times, 6, 'the first attempt gave way')
  t.deepEqual(connectBeside(t, file).prepare('SELECT username FROM users ORDER BY 1').pluck().all(), ['alice', 'bob'])
  t.like(await verifyAuditChain(db), { isWhole: true, events: 2 })
})

test('where nobody else has the file open, an import takes as long as it needs', async (t) => {
  const db = openUntilEnd(t, await makeDataFile(t))
  const imported = await importAccounts({ ...createAmbience(), db }, twoPeople(), plainReading, slowMachine(alone))
  t.like(imported, { imported: 2, refused: [] })
})

test('whether another process has the file open can be told, and telling leaves the file as it is', async (t) => {
  const file = await makeDataFile(t)
  t.false(isOpenElsewhere(file))
  const beside = connectBeside(t, file)
  beside.prepare('SELECT count(*) FROM users').get()
  t.true(isOpenElsewhere(file))
  beside.exec('UPDATE write_probe SET written_at = 1')
  beside.close()
  t.false(isOpenElsewhere(file))
  t.is((await importFile(t, file, 'email,username\nbob@example.com,bob\n')).code, 0)
})
