import test from 'ava'
import { networkOf } from '../../server/accounts/sign-in-network.ts'
import { assertProblem, registration } from '../helpers/people.ts'
import { attempt, attemptRightly, behindProxy, failTimes } from '../helpers/sign-in-attempts.ts'
import { startServer } from '../helpers/start-server.ts'

test('a network is the /24 of an IPv4 address and the /64 of an IPv6 address', (t) => {
  t.is(networkOf('198.51.100.7'), networkOf('198.51.100.255'))
  t.not(networkOf('198.51.100.7'), networkOf('198.51.101.7'))
  t.is(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:2:ffff:ffff:ffff:ffff'))
  t.is(networkOf('2001:db8:1:2::1'), networkOf('2001:0DB8:0001:0002:0000::9'))
  t.not(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'))
  t.not(networkOf('::1'), networkOf('198.51.100.1'))
})

test('an IPv4 address that is written as an IPv6 address is in the same network', async (t) => {
  const server = await startServer(t, behindProxy)
  const body = registration({ inviteCode: await server.mintInvite(1) })
  await server.request('POST', '/api/auth/register', { body, headers: { 'X-Forwarded-For': '::ffff:198.51.100.1' } })
  await failTimes(server, 5, { from: '203.0.113.9' })
  await attempt(server, { from: '203.0.113.9' })
  t.is((await attemptRightly(server, '198.51.100.2')).status, 200)
})

const homes = [
  { kind: 'IPv4', home: '198.51.100.7', neighbour: '198.51.100.200', outside: '198.51.101.7' },
  { kind: 'IPv6', home: '2001:db8:1:2::7', neighbour: '2001:db8:1:2:aaaa::1', outside: '2001:db8:1:3::7' },
]

for (const { kind, home, neighbour, outside } of homes) {
  test(`a network that has signed in keeps a count of its own: ${kind}`, async (t) => {
    const server = await startServer(t, behindProxy)
    const body = registration({ inviteCode: await server.mintInvite(1) })
    await server.request('POST', '/api/auth/register', { body, headers: { 'X-Forwarded-For': home } })
    for (let count = 0; count < 5; count += 1) await attempt(server, { from: outside })
    assertProblem(t, await attemptRightly(server, outside), 429, 'rate_limited')
    t.is((await attemptRightly(server, neighbour)).status, 200)

    for (let count = 0; count < 5; count += 1) await attempt(server, { from: neighbour })
    assertProblem(t, await attemptRightly(server, home), 429, 'rate_limited')
    server.clock.advance(60_000)
    t.is((await attemptRightly(server, home)).status, 200, 'its success')
    assertProblem(t, await attempt(server, { from: outside }), 401, 'invalid_credentials')
    assertProblem(t, await attempt(server, { from: outside }), 429, 'rate_limited')
  })
}

test('a success from one known network leaves the count of another', async (t) => {
  const server = await startServer(t, behindProxy)
  const body = registration({ inviteCode: await server.mintInvite(1) })
  await server.request('POST', '/api/auth/register', { body, headers: { 'X-Forwarded-For': '198.51.100.7' } })
  t.is((await attemptRightly(server, '203.0.113.9')).status, 200)
  for (let count = 0; count < 5; count += 1) await attempt(server, { from: '203.0.113.9' })
  t.is((await attemptRightly(server, '198.51.100.7')).status, 200)
  assertProblem(t, await attemptRightly(server, '203.0.113.9'), 429, 'rate_limited')
})

test('a network that has not signed in for 90 days is forgotten with the next sign-in', async (t) => {
  const server = await startServer(t, behindProxy)
  const body = registration({ inviteCode: await server.mintInvite(1) })
  await server.request('POST', '/api/auth/register', { body, headers: { 'X-Forwarded-For': '198.51.100.7' } })
  server.clock.advance(90 * 86_400_000)
  await attemptRightly(server, '203.0.113.9')
  t.deepEqual(server.query('SELECT network FROM known_networks'), [{ network: '203.0.113.0/24' }])
})

test('an address that no trusted proxy vouches for is not believed', async (t) => {
  const server = await startServer(t)
  const body = registration({ inviteCode: await server.mintInvite(1) })
  await server.request('POST', '/api/auth/register', { body, headers: { 'X-Forwarded-For': '198.51.100.7' } })
  t.deepEqual(server.query('SELECT network FROM known_networks'), [{ network: '127.0.0.0/24' }])
  t.deepEqual(server.query('SELECT address FROM sessions'), [{ address: '127.0.0.1' }])
})

test('whatever a trusted proxy sends for an address, the sign-in is judged', async (t) => {
  const server = await startServer(t, behindProxy)
  const body = registration({ inviteCode: await server.mintInvite(1) })
  await server.request('POST', '/api/auth/register', { body })
  const addresses = ['unknown', '_hidden', '[2001:db8::1]:443', '203.0.113.9:51000', 'fe80::1%eth0', '*', '::', '1.2']
  for (const from of addresses) t.is((await attemptRightly(server, from)).status, 200, from)
  t.is(server.query('SELECT id FROM sessions').length, 1 + addresses.length)
})
