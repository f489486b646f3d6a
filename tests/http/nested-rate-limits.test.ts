import test from 'ava'
import { assertProblem } from '../helpers/people.ts'
import type { Answer } from '../helpers/send.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const settings = { RATE_LIMITS: 'on', TRUST_PROXY: '1' }

const guess = (server: TestServer, from: string): Promise<Answer> =>
  server.request('POST', '/api/auth/invites/check', {
    body: { inviteCode: 'UNKNOWN' },
    headers: { 'X-Forwarded-For': from },
  })

/** Ten from each; gives how many were let through. */
async function guessFromAll(server: TestServer, addresses: readonly string[]): Promise<number> {
  let passed = 0
  for (const from of addresses) {
    for (let count = 0; count < 10; count += 1) if ((await guess(server, from)).status === 403) passed += 1
  }
  return passed
}

const range = (length: number, make: (number: number) => string): string[] =>
  Array.from({ length }, (_, number) => make(number))

const sites = [
  { network: '/56', most: 40, addresses: range(8, (n) => `2001:db8:1:10${n}::1`), beside: '2001:db8:1:200::1' },
  { network: '/48', most: 160, addresses: range(24, (n) => `2001:db8:1:${n + 10}00::1`), beside: '2001:db8:2:100::1' },
  { network: '/24', most: 80, addresses: range(12, (n) => `198.51.100.${n}`), beside: '198.51.101.1' },
]

for (const { network, most, addresses, beside } of sites) {
  test(`all addresses of one ${network} together have ${most} tries a minute, and others have theirs`, async (t) => {
    const server = await startServer(t, { settings })
    t.is(await guessFromAll(server, addresses), most)
    const refused = await guess(server, addresses.at(-1) ?? '')
    assertProblem(t, refused, 429, 'rate_limited')
    t.is(refused.headers.get('ratelimit'), '"guess"; r=0; t=60')
    t.is(refused.headers.get('ratelimit-policy'), '"guess"; q=10; w=60')
    t.is(refused.headers.get('retry-after'), '60')
    t.is((await guess(server, beside)).status, 403)
    server.clock.advance(60_000)
    t.is((await guess(server, addresses.at(-1) ?? '')).status, 403)
  })
}

test('a subnet that asks too much uses up no more of its site than its own limit', async (t) => {
  const server = await startServer(t, { settings })
  for (let count = 0; count < 200; count += 1) await guess(server, '2001:db8:1:100::1')
  t.is((await guess(server, '2001:db8:1:101::1')).headers.get('ratelimit'), '"guess"; r=9; t=60')
})

test('what is left is told of the fullest network', async (t) => {
  const server = await startServer(t, { settings })
  await guessFromAll(server, ['2001:db8:1:100::1', '2001:db8:1:101::1', '2001:db8:1:102::1'])
  for (let count = 0; count < 5; count += 1) await guess(server, '2001:db8:1:103::1')
  server.clock.advance(20_000)
  for (let left = 4; left >= 0; left -= 1) {
    const answer = await guess(server, '2001:db8:1:104::1')
    t.is(answer.headers.get('ratelimit'), `"guess"; r=${left}; t=40`)
  }
})
