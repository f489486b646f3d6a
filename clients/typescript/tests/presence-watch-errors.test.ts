import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import test from 'ava'
import { GuestlistNetworkError, memoryStorage } from '../src/index.ts'
import { noContent, ok, problem } from './helpers/answers.ts'
import { endedStream, everybody, startWatch, stream, take, written } from './helpers/presence-stream.ts'
import { rejection } from './helpers/rejection.ts'
import { startSessionServer } from './helpers/session-server.ts'
import { type Answer, startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const first = endedStream(written(everybody('alice'), 'e-0'))
const finals: [status: number, code: string, isKept: boolean][] = [
  [401, 'session_ended', false],
  [401, 'token_reused', false],
  [401, 'token_invalid', true],
  [401, 'token_missing', true],
  [403, 'account_disabled', true],
  [404, 'not_found', true],
  [422, 'validation_failed', true],
]

for (const [status, code, isKept] of finals) {
  test(`a watch that is answered ${code} rejects with it, ${isKept ? 'keeps' : 'drops'} the token and is over`, async (t) => {
    const server = await startTestServer(t, (_, count) => (count === 1 ? first : problem(status, code)))
    const storage = memoryStorage()
    const { watch, pauses } = startWatch(t, server.baseUrl, { storage })
    await take(watch, 1)
    const error = await rejection(t, watch.next())
    t.is(error.code as string, code)
    t.false(error instanceof GuestlistNetworkError)
    t.is(await storage.get(), isKept ? makeToken() : null)
    t.deepEqual(await watch.next(), { value: undefined, done: true })
    t.is(server.requests.length, 2)
    t.is(pauses.length, 1)
  })
}

test('a refresh that ends the session ends the watch with its error', async (t) => {
  const server = await startSessionServer(t, ({ path }) =>
    path === '/api/auth/refresh' ? problem(401, 'token_reused') : undefined,
  )
  const storage = memoryStorage()
  const { watch } = startWatch(t, server.baseUrl, { storage })
  t.is((await rejection(t, watch.next())).code, 'token_reused')
  t.is(await storage.get(), null)
})

const foreign: [name: string, answer: Answer][] = [
  [
    'a page in place of a stream',
    { status: 200, text: '<h1>Welcome to our wireless</h1>', headers: { 'Content-Type': 'text/html' } },
  ],
  ['JSON in place of a stream', ok({ userIds: [] })],
  ['another kind of text', { status: 200, text: '', headers: { 'Content-Type': 'text/event-stream-2' } }],
  ['an answer without content', noContent],
  ['another server’s error', { status: 404, text: 'Not found' }],
]

for (const [name, answer] of foreign) {
  test(`${name} is told, not waited for`, async (t) => {
    const server = await startTestServer(t, () => answer)
    const { watch } = startWatch(t, server.baseUrl)
    const error = await rejection(t, watch.next())
    t.true(error instanceof GuestlistNetworkError)
    t.is(error.code, 'invalid_answer')
    t.is(server.requests.length, 1)
  })
}

test('a page without an end, in place of a stream, is closed', async (t) => {
  let page: ServerResponse | undefined
  const begin = (response: ServerResponse) => {
    page = response
    response.write('<h1>Welcome')
  }
  const server = await startTestServer(t, () => ({ status: 200, stream: begin }))
  const { watch } = startWatch(t, server.baseUrl)
  await rejection(t, watch.next())
  if (page?.destroyed === false) await once(page, 'close')
  t.true(page?.destroyed)
})

const garbage: [name: string, text: string][] = [
  ['no JSON', 'event: online\ndata: {"userId"\n\n'],
  ['null', 'event: online\ndata: null\n\n'],
  ['a change without a person', 'event: offline\ndata: {"at":"2026-11-23T12:00:00.000Z"}\n\n'],
  ['a snapshot without people', 'event: snapshot\ndata: {"hasMore":false}\n\n'],
  ['a snapshot of numbers', 'event: snapshot\ndata: {"userIds":[1],"hasMore":false}\n\n'],
  ['a snapshot that may go on', 'event: snapshot\ndata: {"userIds":[]}\n\n'],
  ['a line of more than 1 MiB', `: ${'x'.repeat(2 ** 20)}`],
]

for (const [name, text] of garbage) {
  test(`a stream that holds ${name} is no Guestlist’s, and closed`, async (t) => {
    let closed: Promise<unknown> | undefined
    const script = (response: ServerResponse) => {
      closed = once(response, 'close')
    }
    const server = await startTestServer(t, () => stream([written(everybody('alice'), 'e-0'), text], script))
    const { watch } = startWatch(t, server.baseUrl)
    await take(watch, 1)
    const error = await rejection(t, watch.next())
    t.is(error.code, 'invalid_answer')
    t.true(error instanceof GuestlistNetworkError)
    t.false(inspect(error, { depth: Infinity, showHidden: true }).includes(makeToken().slice(-20)))
    await closed
    t.is(server.requests.length, 1)
  })
}

test('a fetch that cannot stream is told', async (t) => {
  const fetch = async () => new Response(null, { headers: { 'Content-Type': 'text/event-stream' } })
  const { watch } = startWatch(t, 'http://localhost:3000', { fetch })
  const error = await rejection(t, watch.next())
  t.is(error.code, 'invalid_answer')
  t.regex(error.detail, /fetch in use/)
})

test('a fetch that gives up by itself ends the watch', async (t) => {
  const fetch = () => Promise.reject(new DOMException('Given up', 'AbortError'))
  t.is((await rejection(t, startWatch(t, 'http://localhost:3000', { fetch }).watch.next())).code, 'aborted')
})
