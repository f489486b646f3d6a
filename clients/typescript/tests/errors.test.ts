import test from 'ava'
import { GuestlistClient, GuestlistError, GuestlistNetworkError } from '../src/index.ts'
import { problem } from './helpers/answers.ts'
import { rejection } from './helpers/rejection.ts'
import { type Answer, startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

test('an error holds what the server said', async (t) => {
  const errors = [{ path: 'displayName', message: 'Too long' }]
  const server = await startTestServer(t, () => problem(422, 'validation_failed', { errors }))
  const error = await rejection(t, new GuestlistClient({ baseUrl: server.baseUrl }).updateProfile({ displayName: '' }))
  t.is(error.name, 'GuestlistError')
  t.is(error.code, 'validation_failed')
  t.is(error.status, 422)
  t.is(error.title, 'A problem')
  t.is(error.detail, 'Do this.')
  t.is(error.message, 'Do this. (validation_failed)')
  t.is(error.requestId, 'r1')
  t.deepEqual(error.errors, errors)
  t.is(error.retryAfter, undefined)
  t.false(error instanceof GuestlistNetworkError)
})

test('an error says in seconds when to try again', async (t) => {
  const server = await startTestServer(t, () => problem(429, 'rate_limited', {}, { 'Retry-After': '17' }))
  const error = await rejection(t, new GuestlistClient({ baseUrl: server.baseUrl }).checkInvite('ABC123'))
  t.is(error.retryAfter, 17)
})

test('a code of a newer server is passed on', async (t) => {
  const server = await startTestServer(t, () => problem(418, 'teapot', { errors: 'none', detail: 7 }))
  const error = await rejection(t, new GuestlistClient({ baseUrl: server.baseUrl }).getConfig())
  t.is(error.code as string, 'teapot')
  t.deepEqual(error.errors, [])
  t.is(error.detail, '')
})

const foreign: [name: string, answer: Answer][] = [
  ["a proxy's page", { status: 502, text: '<h1>Bad gateway</h1>', headers: { 'Retry-After': '3' } }],
  ['a page in place of an answer', { status: 200, text: '<h1>Welcome to our wireless</h1>' }],
  ['half an answer', { status: 200, text: '{"id": "1"' }],
  ["another server's error", { status: 404, body: { message: 'Not found' } }],
  ['an error that is null', { status: 500, body: null }],
]

for (const [name, answer] of foreign) {
  test(`${name} is an invalid_answer and drops no token`, async (t) => {
    const server = await startTestServer(t, () => answer)
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token: makeToken() })
    const error = await rejection(t, client.getMe())
    t.true(error instanceof GuestlistNetworkError)
    t.is(error.code, 'invalid_answer')
    t.is(error.status, answer === 'hang up' || answer === 'never' ? 0 : answer.status)
    await rejection(t, client.getMe())
    t.is(server.requests[1]?.token, makeToken())
  })
}

test('an error without a detail speaks by its title', (t) => {
  t.is(new GuestlistError({ code: 'not_found', status: 404, title: 'Not found' }).message, 'Not found (not_found)')
})
