import test from 'ava'
import { assertProblem, registration } from '../helpers/people.ts'
import type { Answer } from '../helpers/send.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

let guesses = 0

/** A sign-in that fails, from where the header says: each for another address of nobody. */
function guessFrom(server: TestServer, forwardedFor: string): Promise<Answer> {
  guesses += 1
  const body = { email: `nobody${guesses}@example.com`, password: 'wrong' }
  return server.request('POST', '/api/auth/login', { body, headers: { 'x-forwarded-for': forwardedFor } })
}

async function exhaust(server: TestServer, addresses: readonly string[]): Promise<void> {
  for (let count = 0; count < 10; count += 1) await guessFrom(server, addresses[count % addresses.length] ?? '')
}

const limited = { RATE_LIMITS: 'on' }
const behindOne = { ...limited, TRUST_PROXY: '1' }
const warnings = (server: TestServer): string[] =>
  server
    .log()
    .split('\n')
    .filter((line) => line.includes('"level":40') && line.includes('TRUST_PROXY'))

test('without TRUST_PROXY a forwarding header changes nothing, and the log says once which setting is missing', async (t) => {
  const server = await startServer(t, { settings: limited })
  for (let count = 0; count < 10; count += 1) t.is((await guessFrom(server, `203.0.113.${count}`)).status, 401)
  assertProblem(t, await guessFrom(server, '198.51.100.1'), 429, 'rate_limited')
  t.is(warnings(server).length, 1)
  t.regex(warnings(server)[0] ?? '', /TRUST_PROXY=1/)
})

test('a Forwarded header is warned of as well, and no request without one', async (t) => {
  const server = await startServer(t, { settings: limited })
  await server.request('GET', '/api/auth/config')
  t.is(warnings(server).length, 0)
  await server.request('GET', '/api/auth/config', { headers: { forwarded: 'for=203.0.113.1' } })
  t.is(warnings(server).length, 1)
})

test('with TRUST_PROXY=1 each client of the proxy has a limit of its own, and nothing is warned of', async (t) => {
  const server = await startServer(t, { settings: behindOne })
  await exhaust(server, ['203.0.113.1'])
  assertProblem(t, await guessFrom(server, '203.0.113.1'), 429, 'rate_limited')
  t.is((await guessFrom(server, '203.0.113.2')).status, 401)
  t.is(warnings(server).length, 0)
})

test('with TRUST_PROXY=1 only what the proxy added counts, not what the client put before it', async (t) => {
  const server = await startServer(t, { settings: behindOne })
  await exhaust(server, ['203.0.113.1'])
  for (const forged of ['198.51.100.1, 203.0.113.1', '127.0.0.1, ::1, 203.0.113.1', 'garbage,203.0.113.1']) {
    assertProblem(t, await guessFrom(server, forged), 429, 'rate_limited')
  }
})

test('a hop count above the real one is told once, when most requests show it', async (t) => {
  const server = await startServer(t, { settings: { TRUST_PROXY: '2' } })
  const ask = async (times: number, forwardedFor: string): Promise<void> => {
    for (let count = 0; count < times; count += 1) {
      await server.request('GET', '/api/auth/config', { headers: { 'x-forwarded-for': forwardedFor } })
    }
  }
  await ask(25, '203.0.113.1, 10.0.0.1')
  await ask(24, '203.0.113.1')
  t.is(warnings(server).length, 0, 'some come past a proxy')
  await ask(30, '203.0.113.1')
  t.is(warnings(server).length, 1)
  t.regex(warnings(server)[0] ?? '', /TRUST_PROXY=2.*choose the address/)
})

test('with addresses as TRUST_PROXY only these proxies are believed', async (t) => {
  const believed = await startServer(t, { settings: { ...limited, TRUST_PROXY: 'loopback, 10.0.0.0/8' } })
  await exhaust(believed, ['203.0.113.1, 10.1.2.3'])
  assertProblem(t, await guessFrom(believed, '203.0.113.1, 10.3.2.1'), 429, 'rate_limited')
  t.is((await guessFrom(believed, '203.0.113.2, 10.1.2.3')).status, 401)
  const stranger = await startServer(t, { settings: { ...limited, TRUST_PROXY: '10.0.0.0/8' } })
  await exhaust(stranger, ['203.0.113.1', '203.0.113.2', '203.0.113.3'])
  assertProblem(t, await guessFrom(stranger, '203.0.113.4'), 429, 'rate_limited')
})

test('a /64 of IPv6 is one household and shares one limit; the next /64 has its own', async (t) => {
  const server = await startServer(t, { settings: behindOne })
  await exhaust(server, ['2001:db8:1:2::1', '2001:db8:1:2:ffff::', '2001:0DB8:0001:0002:1:2:3:4'])
  assertProblem(t, await guessFrom(server, '2001:db8:1:2:aaaa:bbbb:cccc:dddd'), 429, 'rate_limited')
  t.is((await guessFrom(server, '2001:db8:1:3::1')).status, 401)
})

test('an IPv4 address written as IPv6 is the same address', async (t) => {
  const server = await startServer(t, { settings: behindOne })
  await exhaust(server, ['::ffff:203.0.113.1', '203.0.113.1', '::FFFF:203.0.113.1'])
  assertProblem(t, await guessFrom(server, '203.0.113.1'), 429, 'rate_limited')
  t.is((await guessFrom(server, '::ffff:203.0.113.2')).status, 401)
})

test('a port that the proxy names as well makes no other address', async (t) => {
  const server = await startServer(t, { settings: behindOne })
  await exhaust(server, ['203.0.113.1:4711', '203.0.113.1:4712', '203.0.113.1'])
  assertProblem(t, await guessFrom(server, '203.0.113.1:4713'), 429, 'rate_limited')
  await exhaust(server, ['[2001:db8::1]:4711', '[2001:db8::2]', '2001:db8::3'])
  assertProblem(t, await guessFrom(server, '[2001:db8::4]:4712'), 429, 'rate_limited')
  t.is((await guessFrom(server, '203.0.113.2:4711')).status, 401)
})

test('whatever a proxy forwards as an address, nothing fails', async (t) => {
  const server = await startServer(t, { settings: { TRUST_PROXY: '1' } })
  const odd = [
    '',
    ',',
    'unknown',
    '203.0.113.1:4711',
    '[2001:db8::1]:443',
    'fe80::1%eth0',
    '::',
    '1.2.3',
    'é',
    '0x7f.1',
  ]
  for (const [index, address] of [...odd, 'a'.repeat(8000)].entries()) {
    t.is((await guessFrom(server, address)).status, 401, address)
    const names = { username: `user${index}`, email: `user${index}@example.com` }
    const body = registration({ ...names, inviteCode: await server.mintInvite(1) })
    const headers = { 'x-forwarded-for': address }
    t.is((await server.request('POST', '/api/auth/register', { body, headers })).status, 201, address)
  }
  t.notRegex(server.log(), /"level":[56]0/)
})
