import { once } from 'node:events'
import { mkdirSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { StartupError } from '../../db/startup-error.ts'
import { startBackupProcess } from '../../server/backups/backup-process.ts'
import { BackupSchedule } from '../../server/backups/backup-schedule.ts'
import { parseConfig } from '../../server/config.ts'
import { serve } from '../../server/serve.ts'
import { backUp, fillDataFile } from '../helpers/backups.ts'
import { serverSettings, startServerProcess } from '../helpers/processes.ts'
import { createClock, startServer, type TestServer, temporaryFolder } from '../helpers/start-server.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** A server whose clock runs a minute ahead of that of the processes that it starts, and its schedule, not started. */
async function startScheduled(t: ExecutionContext, settings: Record<string, string> = {}) {
  const folder = join(temporaryFolder(t), 'backups')
  const clock = createClock(Date.now() + minute)
  const server = await startServer(t, { clock, settings: { BACKUP_EVERY: '1d', BACKUP_DIR: folder, ...settings } })
  let started = 0
  const schedule = new BackupSchedule(server.auth.deps, (config) => {
    started += 1
    return startBackupProcess(config)
  })
  t.teardown(() => schedule.stop())
  return { server, clock, folder, schedule, started: () => started }
}

const errors = (server: TestServer): { reason: string; retryAt: string }[] =>
  server
    .log()
    .split('\n')
    .filter((line) => line.includes('"msg":"backup failed'))
    .map((line) => JSON.parse(line))

test('a backup is made when none was ever made, when the last is too old, and not before', async (t) => {
  const { server, clock, folder, schedule, started } = await startScheduled(t, { BACKUP_KEEP: '2' })
  await Promise.all([schedule.check(), schedule.check(), schedule.check()])
  t.is(started(), 1, 'never two at once')
  t.is(readdirSync(folder).length, 1)
  t.regex(server.log(), /"bytes":\d+,"users":0,"msg":"backup made and proven"/)
  for (const later of [0, minute, day - 2 * minute]) {
    clock.advance(later)
    await schedule.check()
  }
  t.is(started(), 1)
  clock.advance(2 * minute)
  await schedule.check()
  t.is(started(), 2)
  t.deepEqual(errors(server), [])
})

test('a backup that somebody made by hand counts, and so does one from before a restart', async (t) => {
  const { server, clock, folder, schedule, started } = await startScheduled(t)
  await backUp(server.file, folder)
  await schedule.check()
  t.is(started(), 0)
  const afterRestart = new BackupSchedule(server.auth.deps, startBackupProcess)
  await afterRestart.check()
  t.is(readdirSync(folder).length, 1)
  clock.advance(-400 * day)
  await schedule.check()
  t.is(started(), 1, 'the last one is from a future that was wrong')
})

test('old backups go as BACKUP_KEEP says', async (t) => {
  const { folder, schedule } = await startScheduled(t, { BACKUP_KEEP: '2' })
  mkdirSync(folder)
  for (const date of [1, 2, 3]) writeFileSync(join(folder, `guestlist-2020010${date}T000000Z.db`), '')
  await schedule.check()
  const names = readdirSync(folder)
  t.is(names.length, 2)
  t.true(names.includes('guestlist-20200103T000000Z.db'))
})

test('a failure is logged with its reason, and tried again later and later', async (t) => {
  const { server, clock, folder, schedule, started } = await startScheduled(t)
  writeFileSync(folder, 'a file where the folder should be')
  await schedule.check()
  t.is(errors(server).length, 1)
  t.regex(errors(server)[0]?.reason ?? '', /backups is no folder \(ENOTDIR\)$/)
  t.is(errors(server)[0]?.retryAt, new Date(clock.now() + minute).toISOString())
  clock.advance(minute - 1)
  await schedule.check()
  t.is(started(), 1, 'not yet')
  clock.advance(1)
  await schedule.check()
  t.is(errors(server)[1]?.retryAt, new Date(clock.now() + 2 * minute).toISOString())
  rmSync(folder)
  clock.advance(2 * minute)
  await schedule.check()
  t.is(started(), 3)
  t.is(readdirSync(folder).length, 1)
  t.is(errors(server).length, 2)
})

test('the wait after failures is an hour at most', async (t) => {
  const { server, clock, schedule } = await startScheduled(t)
  const failing = new BackupSchedule(server.auth.deps, () => ({
    done: Promise.reject(new Error('no')),
    stop: async () => {},
  }))
  for (let count = 0; count < 12; count += 1) {
    await failing.check()
    clock.advance(60 * minute)
  }
  t.is(errors(server).length, 12, 'an hour later it was always tried again')
  await schedule.stop()
})

test('after a clock that ran ahead is put right, a failure of then holds up nothing', async (t) => {
  const { server, clock, schedule } = await startScheduled(t)
  const failing = new BackupSchedule(server.auth.deps, () => ({
    done: Promise.reject(new Error('no')),
    stop: async () => {},
  }))
  const year = 365 * 24 * 60 * minute
  clock.advance(year)
  await failing.check()
  clock.advance(-year)
  await failing.check()
  t.is(errors(server).length, 2)
  await schedule.stop()
})

test('a server that stops ends the backup that is under way, and leaves nothing of it', async (t) => {
  const { server, folder, schedule, started } = await startScheduled(t)
  mkdirSync(folder)
  const watcher = watch(folder)
  const check = schedule.check()
  // The process makes its first file.
  await once(watcher, 'change')
  watcher.close()
  await schedule.stop()
  await check
  await schedule.check()
  t.is(started(), 1)
  t.deepEqual(readdirSync(folder), [])
  t.deepEqual(server.query('SELECT id FROM backups'), [])
  t.deepEqual(errors(server), [])
})

test('the running server makes one by itself, and none again when it is restarted', async (t) => {
  const file = await fillDataFile(t)
  const settings = { BACKUP_EVERY: '1h' }
  const folder = join(dirname(file), 'backups')
  const server = await startServerProcess(t, file, settings)
  await server.waitFor(/"msg":"backup made and proven"/)
  t.is(readdirSync(folder).length, 1)
  server.child.kill('SIGTERM')
  t.is((await server.ended).code, 0)
  const again = await startServerProcess(t, file, settings)
  again.child.kill('SIGTERM')
  const { code, stdout } = await again.ended
  t.is(code, 0)
  t.notRegex(stdout, /backup/)
  t.is(readdirSync(folder).length, 1)
})

test('a BACKUP_DIR that cannot be written stops the start before anything is made', async (t) => {
  const file = join(temporaryFolder(t), 'guestlist.db')
  const settings = { ...serverSettings(file), LOG_LEVEL: 'silent', BACKUP_EVERY: '1d', BACKUP_DIR: '/proc/none' }
  const error = await t.throwsAsync(serve(parseConfig(settings)), { instanceOf: StartupError })
  t.is(error?.message, '/proc/none cannot be written (ENOENT): make it writable, or choose another folder')
  t.deepEqual(readdirSync(dirname(file)), [])
})
