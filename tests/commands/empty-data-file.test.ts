import { existsSync, linkSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { assertFailure, runCommand } from '../helpers/commands.ts'
import { makeDataFile, newDataFile } from '../helpers/data-files.ts'
import { doctorJson } from '../helpers/doctor.ts'
import { startProcess } from '../helpers/processes.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

test('an empty data file is no list of nobody: commands refuse it and leave it empty', async (t) => {
  const file = newDataFile(t)
  writeFileSync(file, '')
  for (const args of [['users', 'list', '--json'], ['bots', 'create', 'robot'], ['keys', 'rotate'], ['backup']]) {
    assertFailure(t, await runCommand(t, file, args), /is empty, with no tables of Guestlist/)
  }
  t.is(readFileSync(file).length, 0)
})

test('commands refuse a data file with a second name, and make no log under it', async (t) => {
  const file = await makeDataFile(t)
  const second = `${file}.second`
  linkSync(file, second)
  assertFailure(t, await runCommand(t, second, ['users', 'list']), /has a second name/)
  assertFailure(t, await runCommand(t, second, ['invites', 'mint']), /has a second name/)
  t.false(existsSync(`${second}-wal`))
})

test('the doctor finds an empty data file at fault', async (t) => {
  const file = newDataFile(t)
  writeFileSync(file, '')
  const { code, reports } = await doctorJson(t, file)
  t.is(code, 1)
  t.like(
    reports.find(({ check }) => check === 'data-file'),
    { status: 'error' },
  )
})

test('outside of the folder of the server no invite is minted into a data file that is not there', async (t) => {
  const folder = temporaryFolder(t)
  const script = `cd '${folder}' && exec '${process.execPath}' '${join(projectFolder, 'scripts/guestlist.ts')}' invites mint`
  const ended = await startProcess(t, 'sh', ['-c', script]).ended
  assertFailure(t, ended, /data\/guestlist\.db does not exist: is DATABASE_URL the one that the server runs with\?/)
  t.false(existsSync(join(folder, 'data')))
})
