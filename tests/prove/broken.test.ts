import test from 'ava'
import { proofs } from '../../scripts/prove/proofs.ts'
import { judge } from '../../scripts/prove/run-proofs.ts'
import { copyServer, quickHashes, startTrial } from '../helpers/trials.ts'
import { faults } from './faults.ts'

for (const { what, proof, problem, others = [], ...fault } of faults) {
  test.serial(`a server that ${what} is seen to break its promise: ${proof.name}`, async (t) => {
    const trial = startTrial(t, copyServer(t, [quickHashes, ...others, fault]))
    const { isKept, problems } = await judge(proof, trial)
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
