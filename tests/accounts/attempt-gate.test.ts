import test from 'ava'
import { AttemptGate } from '../../server/accounts/attempt-gate.ts'
import { AuthError } from '../../server/errors.ts'
import { networksOf } from '../../server/http/networks.ts'

/** Lets everything run that waits for nothing but promises. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Judges only when it is told to, by what is the case then. */
function makeJudge(answer: () => number) {
  const asked: (() => void)[] = []
  const judge = async (): Promise<number> => {
    const judged = answer()
    await new Promise<void>((resolve) => asked.push(resolve))
    return judged
  }
  return { judge, finish: () => asked.shift()?.() }
}

test('a judgement that was made before an outcome is made again', async (t) => {
  const gate = new AttemptGate()
  const leave = await gate.enter('alice', async () => 1)
  let failures = 4
  const { judge, finish } = makeJudge(() => {
    if (failures >= 5) throw new AuthError('rate_limited')
    return 2
  })
  const second = gate.enter('alice', judge)
  await settle()
  failures = 5
  leave()
  finish()
  await t.throwsAsync(second, { code: 'rate_limited' })
})

test('only as many are inside as may still fail, one for each that leaves', async (t) => {
  const gate = new AttemptGate()
  const inside: (() => void)[] = []
  const enter = async () => inside.push(await gate.enter('alice', async () => 2))
  const all = Promise.all(Array.from({ length: 6 }, enter))
  for (const expected of [2, 3, 4, 5, 6]) {
    await settle()
    t.is(inside.length, expected)
    inside[expected - 2]?.()
  }
  await all
})

test('whoever is refused wakes the next, so that nobody waits forever', async (t) => {
  const gate = new AttemptGate()
  const leave = await gate.enter('alice', async () => 1)
  let isThrottled = false
  const attempts = Array.from({ length: 20 }, () =>
    gate.enter('alice', async () => {
      if (isThrottled) throw new AuthError('rate_limited')
      return 1
    }),
  )
  await settle()
  isThrottled = true
  leave()
  const outcomes = await Promise.allSettled(attempts)
  t.true(outcomes.every(({ status }) => status === 'rejected'))
  t.is(typeof (await gate.enter('alice', async () => 1)), 'function')
})

test('one account does not wait for another', async (t) => {
  const gate = new AttemptGate()
  await gate.enter('alice', async () => 1)
  t.is(typeof (await gate.enter('bob', async () => 1)), 'function')
})

test('one network that crowds before an account keeps no other stranger out', async (t) => {
  const gate = new AttemptGate()
  const leave = await gate.enter('alice', async () => 1)
  const enter = (address: string) =>
    gate
      .enter('alice', async () => 1, { networks: networksOf(address), isKnown: false })
      .then((leaveAgain) => {
        leaveAgain()
        return address
      })
  const crowd = Array.from({ length: 128 }, (_, subnet) => enter(`2001:db8:1:${subnet.toString(16)}::1`))
  await settle()
  const other = enter('198.51.100.7')
  const outcomes = Promise.allSettled(crowd)
  await settle()
  leave()
  t.is(await other, '198.51.100.7')
  const refused = (await outcomes).filter(({ status }) => status === 'rejected')
  t.is(refused.length, 1)
  t.like(refused[0], { reason: { code: 'overloaded' } })
})
