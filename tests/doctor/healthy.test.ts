import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { checks } from '../../server/doctor/checks.ts'
import { backUp } from '../helpers/backups.ts'
import { runCommand } from '../helpers/commands.ts'
import { doctorJson, healthyDataFile, type Report } from '../helpers/doctor.ts'
import { registerPerson } from '../helpers/people.ts'
import { startServerProcess } from '../helpers/processes.ts'
import { startServer, temporaryFolder } from '../helpers/start-server.ts'

/** What a check says that tells more than that it found nothing. */
const figures: Record<string, RegExp> = {
  backups: /^the last backup was proven 0 hours ago$/,
  log: /^whether lines of the log were dropped is told with METRICS_PORT set$/,
  hashing: /^a password hash takes \d+ ms and 32 MiB; \d+ may run at once$/,
}

function assertWithoutFinding(t: ExecutionContext, reports: readonly Report[]): void {
  for (const [index, { name, healthy }] of checks.entries()) {
    t.like(reports[index], { check: name, status: 'ok' })
    const says = figures[name]
    if (says === undefined) t.is(reports[index]?.message, healthy)
    else t.regex(reports[index]?.message ?? '', says)
  }
  t.is(reports.length, checks.length)
}

const look = (file: string) => ({
  content: readFileSync(file),
  changedAt: statSync(file).mtimeMs,
  names: readdirSync(dirname(file)),
})

test('a healthy set-up has no finding, and is left as it was, with nothing beside the data file', async (t) => {
  const file = await healthyDataFile(t)
  const before = look(file)
  const { code, reports } = await doctorJson(t, file)
  assertWithoutFinding(t, reports)
  t.is(code, 0)
  t.deepEqual(look(file), before)
  t.deepEqual(before.names, ['guestlist.db'])
})

test('beside a running server it finds nothing either, and sees what is not in the file itself yet', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  await backUp(server.file, temporaryFolder(t))
  const before = look(server.file)
  const { code, reports } = await doctorJson(t, server.file)
  assertWithoutFinding(t, reports)
  t.is(code, 0)
  t.deepEqual(look(server.file), before)
  const [{ sequence } = { sequence: 0 }] = server.query<{ sequence: number }>('SELECT sequence FROM audit_events')
  t.is(sequence, 1)
})

test('what a killed server left behind is read, and stays where it is', async (t) => {
  const file = await healthyDataFile(t)
  const server = await startServerProcess(t, file, { LOG_LEVEL: 'info' })
  server.child.kill('SIGKILL')
  await server.ended
  const before = look(file)
  t.true(before.names.includes('guestlist.db-wal'))
  t.is((await doctorJson(t, file)).code, 0)
  t.deepEqual(look(file), before)
})

test('people get a line for each check, coloured on a terminal only', async (t) => {
  const file = await healthyDataFile(t)
  const { code, stdout, stderr } = await runCommand(t, file, ['doctor'])
  t.is(code, 0)
  t.is(stderr, '')
  const lines = stdout.trimEnd().split('\n')
  t.is(lines.length, checks.length)
  for (const [index, { name, healthy }] of checks.entries()) {
    t.regex(lines[index] ?? '', new RegExp(`^ok {7}${name} +`))
    if (figures[name] === undefined) t.true(lines[index]?.endsWith(healthy))
  }
})
