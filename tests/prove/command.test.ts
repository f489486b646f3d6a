import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import test from 'ava'
import { assertFailure } from '../helpers/commands.ts'
import { startProcess, startScript } from '../helpers/processes.ts'
import { temporaryFolder } from '../helpers/start-server.ts'
import { copyServer, quickHashes } from '../helpers/trials.ts'
import { faults } from './faults.ts'

const script = 'scripts/prove.ts'
const quickest = 'parallel-refreshes'

test('for programs it prints an array and nothing else, and leaves no file', async (t) => {
  const folder = temporaryFolder(t)
  const { code, stdout, stderr } = await startScript(t, script, ['--json', '--only', quickest], { TMPDIR: folder })
    .ended
  t.is(code, 0, stderr)
  t.is(stderr, '')
  const [verdict, ...others] = JSON.parse(stdout)
  t.deepEqual(others, [])
  t.like(verdict, { name: quickest, ok: true, counts: { refreshes: 200, refused: 0, liveSessions: 1 }, problems: [] })
  t.deepEqual(readdirSync(folder), [])
})

test('for people it prints a line for each promise, and exits with 1 where one is not kept', async (t) => {
  const fault = faults.find(({ proof }) => proof.name === quickest)
  if (fault === undefined) return t.fail()
  for (const [changes, outcome] of [
    [
      [quickHashes],
      { code: 0, line: /^ok +\d+\.\d s {2}20 refreshes at once, .*: refreshes 200, /m, total: /^1 of 1 /m },
    ],
    [
      [quickHashes, fault],
      { code: 1, line: /^FAILED +\d+\.\d s {2}20 refreshes at once, .*\n {8}\S/m, total: /^0 of 1 /m },
    ],
  ] as const) {
    const args = [join(copyServer(t, changes), script), '--only', quickest]
    const { code, stdout, stderr } = await startProcess(t, process.execPath, args).ended
    t.is(code, outcome.code, stderr)
    t.is(stderr, '', 'progress is for terminals')
    t.regex(stdout, /RATE_LIMITS=off/)
    t.regex(stdout, outcome.line)
    t.regex(stdout, outcome.total)
  }
})

test('an option or a name that there is not is refused in one line', async (t) => {
  assertFailure(t, await startScript(t, script, ['--only', 'miracles']).ended, /--only must be one of invite-uses, /)
  assertFailure(t, await startScript(t, script, ['--quick']).ended, /--quick/)
})

const onLinux = process.platform === 'linux' ? test : test.skip

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  onLinux(`${signal} in the midst of it ends the servers, and leaves no file`, async (t) => {
    const folder = temporaryFolder(t)
    const running = startScript(t, script, ['--only', 'kills'], { TMPDIR: folder })
    const { pid } = running.child
    const children = (): string[] =>
      readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .split(' ')
        .filter((text) => text !== '')
    const hasDataFile = (): boolean =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('guestlist.db-wal'))
    while (!hasDataFile()) await delay(20)
    const servers = children()
    t.is(servers.length, 1)
    running.child.kill(signal)
    t.like(await running.ended, { code: 1, stderr: '' })
    t.deepEqual(readdirSync(folder), [])
    // What was killed is gone as soon as somebody has noticed.
    while (servers.some((server) => isRunning(server))) await delay(20)
    t.pass()
  })
}

/** A process that has ended and that nobody has asked for yet counts as ended. */
function isRunning(pid: string): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false
  return !/^\d+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}
