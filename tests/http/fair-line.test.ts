import test from 'ava'
import { FairLine, type Visitor } from '../../server/http/fair-line.ts'
import { networksOf } from '../../server/http/networks.ts'

interface Waiter {
  readonly address: string
  readonly visitor: Visitor
}

const wait = (address: string, isKnown = false): Waiter => ({
  address,
  visitor: { networks: networksOf(address), isKnown },
})

const takeAll = (line: FairLine<Waiter>): string[] => {
  const taken: string[] = []
  for (let next = line.takeNext(); next !== undefined; next = line.takeNext()) taken.push(next.address)
  return taken
}

test('many networks of one site get the turns of one site', (t) => {
  const line = new FairLine<Waiter>(100)
  for (let subnet = 1; subnet <= 20; subnet += 1) line.join(wait(`2001:db8:1:${subnet.toString(16)}::1`))
  for (const last of [1, 2, 3]) line.join(wait(`198.51.${last}.1`))
  t.deepEqual(takeAll(line).slice(0, 4), ['2001:db8:1:1::1', '198.51.1.1', '198.51.2.1', '198.51.3.1'])
})

test('within a site its homes are served in turn, and within a home its subnets', (t) => {
  const line = new FairLine<Waiter>(100)
  const [greedy, other] = ['2001:db8:1:100::1', '2001:db8:1:200::1']
  for (const address of [greedy, greedy, '2001:db8:1:101::1', other]) line.join(wait(address))
  t.deepEqual(takeAll(line), [greedy, other, '2001:db8:1:101::1', greedy])
})

test('when the line is full, the newest of the largest sharer makes way for a newcomer', (t) => {
  const line = new FairLine<Waiter>(4)
  const crowd = [1, 2, 3].map((subnet) => wait(`2001:db8:1:${subnet}::1`))
  for (const waiter of [...crowd, wait('198.51.100.1')]) t.is(line.join(waiter), undefined)
  t.is(line.join(wait('203.0.113.1')), crowd[2])
  t.is(line.join(wait('192.0.2.1')), crowd[1])
  const late = wait('192.0.3.1')
  t.is(line.join(late), late, 'between equals nobody makes way')
  t.is(line.size, 4)
})

test('a crowd cannot displace others by coming back', (t) => {
  const line = new FairLine<Waiter>(3)
  for (const address of ['198.51.100.1', '203.0.113.1', '192.0.2.1']) line.join(wait(address))
  for (let count = 0; count < 10; count += 1) {
    const again = wait('192.0.2.9')
    t.is(line.join(again), again)
  }
})

test('known networks go first, and every fourth turn is for a stranger', (t) => {
  const line = new FairLine<Waiter>(100)
  for (let last = 1; last <= 6; last += 1) {
    line.join(wait(`198.51.${last}.1`))
    line.join(wait(`203.0.${last}.1`, true))
  }
  t.deepEqual(
    takeAll(line).map((address) => address.startsWith('203')),
    [true, true, true, false, true, true, true, false, false, false, false, false],
  )
})

test('strangers cannot keep known networks out of the line, nor known networks keep strangers out', (t) => {
  const line = new FairLine<Waiter>(8)
  for (let last = 1; last <= 8; last += 1) line.join(wait(`198.51.${last}.1`))
  for (let last = 1; last <= 6; last += 1) t.false(line.join(wait(`203.0.${last}.1`, true))?.visitor.isKnown)
  const late = wait('203.0.7.1', true)
  t.is(line.join(late), late)
  const full = new FairLine<Waiter>(8)
  for (let last = 1; last <= 8; last += 1) full.join(wait(`203.0.${last}.1`, true))
  t.true(full.join(wait('198.51.1.1'))?.visitor.isKnown)
})
