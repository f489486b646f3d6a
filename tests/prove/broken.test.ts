import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { proofs } from '../../scripts/prove/proofs.ts'
import { judge } from '../../scripts/prove/run-proofs.ts'
import { changeFile } from '../helpers/changed-copy.ts'
import { copyServer, quickHashes, shortGrace, startTrial } from '../helpers/trials.ts'
import { faults } from './faults.ts'

// One copy for all, one after the other: each copy would have to be compiled anew.
const root = mkdtempSync(join(tmpdir(), 'guestlist-test-'))
test.after.always(() => rmSync(root, { recursive: true, force: true }))
test.before((t) => {
  copyServer(t, [quickHashes, shortGrace], root)
})

for (const { what, proof, problem, others = [], ...fault } of faults) {
  test.serial(`a server that ${what} is seen to break its promise: ${proof.name}`, async (t) => {
    for (const change of [...others, fault]) t.teardown(changeFile(t, root, change))
    const { isKept, problems } = await judge(proof, startTrial(t, root))
    t.false(isKept)
    t.true(
      problems.some((each) => problem.test(each)),
      problems.join('\n'),
    )
  })
}

test('every promise has a fault that breaks it', (t) => {
  const broken = new Set(faults.map(({ proof }) => proof.name))
  t.deepEqual([...broken].sort(), proofs.map(({ name }) => name).sort())
})
