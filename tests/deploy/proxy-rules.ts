import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { startMetricsServer } from '../../server/metrics/metrics-server.ts'
import { openStream } from '../helpers/event-streams.ts'
import { assertProblem, registerPerson, registration } from '../helpers/people.ts'
import { type Front, type FrontRequest, sendFrom } from '../helpers/proxies.ts'
import type { Answer } from '../helpers/send.ts'
import { startServer } from '../helpers/start-server.ts'

/** Starts a proxy with its file of deploy/; undefined where the program is missing. */
export type StartFront = (t: ExecutionContext, upstream: string, behind?: Behind) => Promise<Front | undefined>

export interface Behind {
  /** The address of another proxy before this one. */
  readonly cdn: string
}

const [alice, bob, cdn] = ['127.0.0.2', '127.0.0.3', '127.0.0.4']
const limited = { RATE_LIMITS: 'on' }
const behindOne = { ...limited, TRUST_PROXY: '1' }

/** Whatever a client may claim about where it is. */
const forgeries: readonly NonNullable<FrontRequest['headers']>[] = [
  { 'x-forwarded-for': bob },
  { 'x-forwarded-for': `${bob}, 127.0.0.1` },
  { 'x-forwarded-for': [bob, '203.0.113.1'] },
  { 'x-forwarded-for': '' },
  { forwarded: `for=${bob}` },
  { 'x-real-ip': bob },
  { 'x-forwarded-for': bob, connection: 'close, X-Forwarded-For' },
  { 'x-forwarded-for': bob, forwarded: `for=${bob}`, 'x-real-ip': bob, 'true-client-ip': bob },
]

let guesses = 0

/** A sign-in that fails, each for another address of nobody, so that only the limit by address can stop it. */
function guess(front: Front, from: string, headers: FrontRequest['headers'] = {}): Promise<Answer> {
  guesses += 1
  const body = { email: `nobody${guesses}@example.com`, password: 'wrong' }
  return sendFrom(front, from, 'POST', '/api/auth/login', { body, headers })
}

async function exhaust(t: ExecutionContext, front: Front, from: string, headers?: FrontRequest['headers']) {
  for (let count = 0; count < 10; count += 1) t.is((await guess(front, from, headers)).status, 401)
}

/** What has to hold behind every proxy that we ship a file for. */
export function testProxy(name: string, start: StartFront): void {
  test(`behind ${name} each client has a limit of its own, and no header that it forges changes whose`, async (t) => {
    const server = await startServer(t, { settings: behindOne })
    const front = await start(t, server.url)
    if (front === undefined) return
    await exhaust(t, front, alice)
    assertProblem(t, await guess(front, alice), 429, 'rate_limited')
    for (const forged of forgeries) assertProblem(t, await guess(front, alice, forged), 429, 'rate_limited')
    const first = await guess(front, bob, { 'x-forwarded-for': alice })
    t.is(first.status, 401)
    t.regex(first.headers.get('ratelimit') ?? '', /^"login"; r=9;/, 'nothing was counted against the forged address')
    t.notRegex(server.log(), /TRUST_PROXY/)
  })

  test(`behind ${name} without TRUST_PROXY all clients share one limit, and the log says so`, async (t) => {
    const server = await startServer(t, { settings: limited })
    const front = await start(t, server.url)
    if (front === undefined) return
    await exhaust(t, front, alice)
    assertProblem(t, await guess(front, bob), 429, 'rate_limited')
    t.regex(server.log(), /TRUST_PROXY=1/)
  })

  test(`behind a CDN and ${name} the CDN is believed, and nobody else`, async (t) => {
    // nginx takes the CDN's word and passes it on as its own; Caddy adds to it, and the server counts.
    const server = await startServer(t, { settings: { ...limited, TRUST_PROXY: name === 'nginx' ? '1' : '2' } })
    const front = await start(t, server.url, { cdn })
    if (front === undefined) return
    const through = (address: string) => ({ 'x-forwarded-for': `198.51.100.7, ${address}` })
    await exhaust(t, front, cdn, through('203.0.113.1'))
    assertProblem(t, await guess(front, cdn, through('203.0.113.1')), 429, 'rate_limited')
    t.is((await guess(front, cdn, through('203.0.113.2'))).status, 401)
    await exhaust(t, front, alice, through('203.0.113.3'))
    assertProblem(t, await guess(front, alice, through('203.0.113.4')), 429, 'rate_limited')
  })

  test(`behind ${name} events arrive as they happen, and whoever leaves is gone here too`, async (t) => {
    const server = await startServer(t, { settings: { ...behindOne, TOKEN_TTL: '1d' } })
    const front = await start(t, server.url)
    if (front === undefined) return
    const person = await registerPerson(server)
    const watching = await openStream(t, front, person.token, { connect: front.connectFrom(alice) })
    t.is(watching.status, 200)
    t.is((await watching.take(1))[0]?.event, 'snapshot')
    const other = await registerPerson(server, 'bob')
    await sendFrom(front, bob, 'GET', '/api/auth/me', { token: other.token })
    const came = (await watching.take(2))[1]
    t.deepEqual([came?.event, came?.data.userId], ['online', other.user.id])
    t.is(server.auth.deps.presenceStreams.count, 1)
    watching.close()
    while (server.auth.deps.presenceStreams.count > 0) await new Promise((resolve) => setImmediate(resolve))
  })

  test(`behind ${name} a session shows where its person signed in from`, async (t) => {
    const server = await startServer(t, { settings: behindOne })
    const front = await start(t, server.url)
    if (front === undefined) return
    const body = registration({ inviteCode: await server.mintInvite(1) })
    const headers = { 'x-forwarded-for': bob }
    const { status, body: person } = await sendFrom(front, alice, 'POST', '/api/auth/register', { body, headers })
    t.is(status, 201)
    const sessions = await sendFrom(front, bob, 'GET', '/api/auth/sessions', { token: person.token })
    t.deepEqual(
      sessions.body.map(({ address }: { address: string }) => address),
      [alice],
    )
  })

  test(`behind ${name} metrics cannot be reached, and what is too large is refused`, async (t) => {
    const server = await startServer(t, { settings: { ...behindOne, METRICS_PORT: '0' } })
    const metrics = await startMetricsServer(server.auth.deps)
    t.teardown(() => metrics?.close())
    const front = await start(t, server.url)
    if (front === undefined) return
    t.is((await fetch(`${metrics?.address}/metrics`)).status, 200)
    assertProblem(t, await sendFrom(front, alice, 'GET', '/metrics'), 404, 'not_found')
    const large = (kilobytes: number) => ({ body: { email: 'a'.repeat(kilobytes * 1024) } })
    const refused = await sendFrom(front, alice, 'POST', '/api/auth/login', large(20))
    assertProblem(t, refused, 413, 'body_too_large')
    const stopped = await sendFrom(front, alice, 'POST', '/api/auth/login', large(200))
    t.true([413, 502].includes(stopped.status), `${stopped.status}`)
    t.is(stopped.headers.get('x-request-id'), null, 'it never reached the server')
  })

  test(`${name} passes on the name and the client's address only, over a connection that it keeps`, async (t) => {
    const requests: IncomingMessage[] = []
    const upstream = createServer((request, response) => answer(request, response))
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      requests.push(request)
      response.end('{}')
    }
    t.teardown(() => upstream.close().closeAllConnections())
    await once(upstream.listen(0, '127.0.0.1'), 'listening')
    const front = await start(t, `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`)
    if (front === undefined) return
    for (const forged of forgeries) t.is((await sendFrom(front, alice, 'GET', '/', { headers: forged })).status, 200)
    for (const { httpVersion, headersDistinct } of requests) {
      t.is(httpVersion, '1.1')
      t.like(headersDistinct, { host: ['auth.chat.example'], 'x-forwarded-for': [alice] })
      t.deepEqual(headersDistinct['x-forwarded-proto'], ['https'])
      t.false('forwarded' in headersDistinct || 'x-real-ip' in headersDistinct)
    }
    t.is(new Set(requests.map(({ socket }) => socket)).size, 1)
  })
}
