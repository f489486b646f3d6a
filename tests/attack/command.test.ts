import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type Attack, toProof } from '../../scripts/attack/attack.ts'
import { judge } from '../../scripts/prove/run-proofs.ts'
import { assertFailure } from '../helpers/commands.ts'
import { startProcess, startScript } from '../helpers/processes.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { temporaryFolder } from '../helpers/start-server.ts'
import { copyServer, quickHashes, startTrial } from '../helpers/trials.ts'

const script = 'scripts/attack.ts'

test('for people it prints how many attempts were tried and how many failed, and leaves no file', async (t) => {
  const folder = temporaryFolder(t)
  const args = [join(copyServer(t, [quickHashes]), script), '--only', 'invite-guessing']
  const { code, stdout, stderr } = await startProcess(t, process.execPath, args, { TMPDIR: folder }).ended
  t.is(code, 0, stderr)
  t.regex(stdout, /^ok +\d+\.\d s {2}guesses invite codes .*: refused by limits \d+, tried 600, failed 600$/m)
  t.regex(stdout, /^1 of 1 attacks held off /m)
  t.deepEqual(readdirSync(folder), [])
})

test('an option or a name that there is not is refused in one line', async (t) => {
  assertFailure(t, await startScript(t, script, ['--only', 'miracles']).ended, /--only must be one of invite-guessing/)
  assertFailure(t, await startScript(t, script, ['--quick']).ended, /--quick/)
})

test('an attack that got something, and one that tried nothing, are told as not held off', async (t) => {
  const attack = (tried: number, gained: number): Attack => ({
    name: 'made-up',
    title: 'is made up',
    run: async () => ({ tried, gained }),
  })
  const trial = startTrial(t, projectFolder)
  t.like(await judge(toProof(attack(3, 0)), trial), { isKept: true, counts: { tried: 3, failed: 3 } })
  t.like(await judge(toProof(attack(3, 1)), trial), { isKept: false, counts: { tried: 3, failed: 2 } })
  t.like(await judge(toProof(attack(0, 0)), trial), { isKept: false })
})
