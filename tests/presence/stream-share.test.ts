import test from 'ava'
import { openStream } from '../helpers/event-streams.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const stream = '/api/auth/presence/stream'

test('streams of many accounts in one network leave half of them to others', async (t) => {
  const server = await startServer(t, { settings: { TRUST_PROXY: '1' }, overrides: { mostStreams: 12 } })
  const people = await Promise.all(['alice', 'bob', 'carol'].map((name) => registerPerson(server, name)))
  const [alice, , carol] = people
  const openFrom = async (address: string, token = alice?.token ?? '') =>
    await openStream(t, server, token, { forwardedFor: address })
  const streams = []
  for (let subnet = 0; subnet < 8; subnet += 1) {
    streams.push(await openFrom(`2001:db8:1:${subnet}00::1`, people[subnet % 2]?.token))
  }
  t.deepEqual(
    streams.map(({ status }) => status),
    [200, 200, 200, 200, 200, 200, 503, 503],
  )
  t.is(server.auth.deps.presenceStreams.count, 6)
  const headers = { 'X-Forwarded-For': '2001:db8:1:900::1' }
  assertProblem(t, await server.request('GET', stream, { token: alice?.token ?? '', headers }), 503, 'overloaded')
  t.is((await openFrom('198.51.100.7', carol?.token)).status, 200)

  streams[0]?.close()
  while (server.auth.deps.presenceStreams.count > 6) await new Promise((resolve) => setImmediate(resolve))
  t.is((await openFrom('2001:db8:1:900::1')).status, 200, 'one that is closed makes room')
})
