import test, { type ExecutionContext } from 'ava'
import { findingsOf, runChecksOn } from '../helpers/doctor.ts'
import type { Settings } from '../helpers/processes.ts'
import { createClock, startServer, type TestServer } from '../helpers/start-server.ts'

const day = 86_400_000

async function ask(server: TestServer, forwardedFor: readonly string[], count: number): Promise<void> {
  for (const value of forwardedFor) {
    const headers = { 'x-forwarded-for': value }
    await Promise.all(Array.from({ length: count }, () => server.request('GET', '/api/auth/config', { headers })))
  }
}

/** What the doctor says of the proxy after a server with these settings has answered so many requests of each kind. */
async function judge(
  t: ExecutionContext,
  settings: Settings,
  forwardedFor: readonly string[],
  { count = 30, later = settings } = {},
): Promise<[status: string, text: string][]> {
  const server = await startServer(t, { settings, clock: createClock(Date.now()) })
  await ask(server, forwardedFor, count)
  await server.auth.doSlowWork()
  return findingsOf(await runChecksOn(server.file, later))
    .filter(({ check }) => check === 'proxy')
    .map(({ status, message, action }) => [status, `${message}; ${action}`])
}

const one = '203.0.113.1'
const two = '198.51.100.1, 203.0.113.1'

test('requests through a proxy that no setting names are an error, with the setting that they call for', async (t) => {
  const [[status, text] = []] = await judge(t, {}, [one])
  t.is(status, 'error')
  t.regex(
    text ?? '',
    /^most of the 30 requests .* through a proxy, .*set TRUST_PROXY to how many: 1 by what was seen; if none/,
  )
  t.regex((await judge(t, {}, [two]))[0]?.[1] ?? '', /: 2 by what was seen; /)
})

test('with the setting that fits there is nothing to say, also where some clients send a header of their own', async (t) => {
  t.deepEqual(await judge(t, { TRUST_PROXY: '1' }, [one]), [])
  t.deepEqual(await judge(t, { TRUST_PROXY: '1' }, [one, two]), [])
  t.deepEqual(await judge(t, { TRUST_PROXY: '2' }, [two]), [])
  t.deepEqual(await judge(t, { TRUST_PROXY: 'loopback, 203.0.113.0/24' }, [two]), [])
})

test('fewer proxies than the setting says let people choose their address; more let them share one', async (t) => {
  const [[status, text] = []] = await judge(t, { TRUST_PROXY: '2' }, [one])
  t.is(status, 'error')
  t.regex(text ?? '', /^TRUST_PROXY is 2, .* fewer proxies: people can choose their address; set TRUST_PROXY=1$/)
  const [[other, more] = []] = await judge(t, { TRUST_PROXY: '1' }, [two])
  t.is(other, 'error')
  t.regex(more ?? '', /^TRUST_PROXY is 1, and all .* more proxies, .*; set TRUST_PROXY=2, if all of these are yours$/)
})

test('people whose address is that of a private network may be a proxy that the list lacks', async (t) => {
  const [[status, text] = []] = await judge(t, { TRUST_PROXY: 'loopback' }, ['203.0.113.1, 172.18.0.2'])
  t.is(status, 'warning')
  t.regex(text ?? '', /come from a private network, .*; add the address of that proxy/)
})

test('a few requests say nothing, nor do those of before under another setting, nor those of long ago', async (t) => {
  t.deepEqual(await judge(t, {}, [one], { count: 19 }), [])
  t.deepEqual(await judge(t, {}, [one], { later: { TRUST_PROXY: '1' } }), [])
  const server = await startServer(t, { clock: createClock(Date.now() - 8 * day) })
  await ask(server, [one], 30)
  await server.stop()
  t.is(server.query('SELECT * FROM seen_forwarding').length, 1)
  t.deepEqual(
    findingsOf(await runChecksOn(server.file)).filter(({ check }) => check === 'proxy'),
    [],
  )
})

test('what is kept of it is how many, and no address; it is gone with the setting', async (t) => {
  const server = await startServer(t, { settings: { TRUST_PROXY: '1' } })
  await ask(server, [one, two, '10.0.0.1', Array.from({ length: 20 }, () => one).join()], 2)
  await server.auth.doSlowWork()
  await ask(server, [one], 3)
  await server.auth.doSlowWork()
  const seen_at = server.clock.now()
  t.deepEqual(server.query('SELECT * FROM seen_forwarding ORDER BY addresses, is_client_private'), [
    { trust_proxy: '1', addresses: 1, is_client_private: 0, requests: 5, seen_at },
    { trust_proxy: '1', addresses: 1, is_client_private: 1, requests: 2, seen_at },
    { trust_proxy: '1', addresses: 2, is_client_private: 0, requests: 2, seen_at },
    { trust_proxy: '1', addresses: 9, is_client_private: 0, requests: 2, seen_at },
  ])
  await server.stop()
  const another = await startServer(t, { file: server.file, clock: server.clock })
  await ask(another, [one], 1)
  await another.stop()
  t.deepEqual(another.query('SELECT trust_proxy, requests FROM seen_forwarding'), [{ trust_proxy: '', requests: 1 }])
})

test('requests of this machine without a header are none of a proxy', async (t) => {
  const server = await startServer(t, { settings: { TRUST_PROXY: '1' } })
  for (let count = 0; count < 5; count += 1) await server.request('GET', '/api/auth/config')
  await server.auth.doSlowWork()
  t.deepEqual(server.query('SELECT * FROM seen_forwarding'), [])
})
