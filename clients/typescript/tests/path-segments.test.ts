import test from 'ava'
import { GuestlistClient } from '../src/index.ts'
import { ok, problem } from './helpers/answers.ts'
import { rejection } from './helpers/rejection.ts'
import { startTestServer } from './helpers/test-server.ts'

const refused = ['', '.', '..', 'a/b', '../me', 'a?b', 'a#b', 'a\\b', 'a\nb', '\u0000', '\u007f', '\u0085', '\ud800']

test('an id that could reach another path is refused before anything is sent', async (t) => {
  const server = await startTestServer(t, () => ok({}))
  const client = new GuestlistClient({ baseUrl: server.baseUrl })
  for (const id of [...refused, null, undefined, 7, {}, ['a']] as string[]) {
    await t.throwsAsync(client.getUserProfile(id), { instanceOf: TypeError, message: /^The id must/ })
    await t.throwsAsync(client.unlinkOAuthAccount(id), { instanceOf: TypeError, message: /^The id must/ })
    await t.throwsAsync(client.loginWithOAuth(id, { returnTo: 'a' }), {
      instanceOf: TypeError,
      message: /^The id must/,
    })
    await t.throwsAsync(client.linkOAuthAccount(id, { returnTo: 'a' }), { instanceOf: TypeError })
    await t.throwsAsync(client.endSession(id), { instanceOf: TypeError, message: /^The id must/ })
    await t.throwsAsync(client.deleteBot(id), { instanceOf: TypeError, message: /^The id must/ })
    await t.throwsAsync(client.rotateBotToken(id), { instanceOf: TypeError, message: /^The id must/ })
  }
  t.is(server.requests.length, 0)
})

const sent = { 'user-id': 'user-id', 'a b': 'a%20b', '%2e%2e': '%252e%252e', '...': '...', 'ü&=+': '%C3%BC%26%3D%2B' }

test('any other id is sent as one encoded segment', async (t) => {
  const server = await startTestServer(t, () => ok({}))
  const client = new GuestlistClient({ baseUrl: server.baseUrl })
  for (const id of Object.keys(sent)) await client.getUserProfile(id)
  t.deepEqual(
    server.requests.map(({ path }) => path),
    Object.values(sent).map((segment) => `/api/auth/users/${segment}`),
  )
})

test('that there is no such person is for the server to say', async (t) => {
  const server = await startTestServer(t, () => problem(404, 'not_found'))
  const error = await rejection(t, new GuestlistClient({ baseUrl: server.baseUrl }).getUserProfile('user-id'))
  t.is(error.code, 'not_found')
  t.is(server.requests.length, 1)
})
