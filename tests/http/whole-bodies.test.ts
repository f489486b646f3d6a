import test from 'ava'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'
import { bodyRoutes, signedInSender } from '../helpers/requests-with-bodies.ts'
import { startServer } from '../helpers/start-server.ts'

const notJson = {
  nothing: '',
  'white space': ' \n',
  'an unclosed object': '{"email":',
  'a trailing comma': '{"email":"a",}',
  'single quotes': "{'email':'a'}",
  'two documents': '{}{}',
  'a comment': '{} // end',
  'a form': 'email=alice&password=secret',
  XML: '<email>alice</email>',
  NaN: 'NaN',
  undefined: 'undefined',
  'a bare word': 'email',
  'a NUL at the end': '{}\0',
  'arrays without end': '['.repeat(16_000),
}

const notAnObject = {
  null: 'null',
  true: 'true',
  'a number': '42',
  'a huge number': '1e999',
  'a string': '"alice@example.com"',
  'an empty array': '[]',
  'an array of objects': '[{"email":"alice@example.com"}]',
  'deeply nested arrays': '['.repeat(8000) + ']'.repeat(8000),
}

test('what is not JSON is malformed, on every route with a body', async (t) => {
  const server = await startServer(t)
  const send = await signedInSender(server)
  for (const route of bodyRoutes) {
    // An empty body is none: then disconnect looks for a token in the header.
    const nothing = route.path === '/api/auth/disconnect' ? '401 token_missing' : '400 malformed_request'
    const outcomes = await outcomesOf(t, notJson, (body) => send(route, body))
    t.deepEqual(outcomes, { ...allOf(notJson, '400 malformed_request'), nothing }, route.path)
  }
  t.is((await server.request('GET', '/healthz')).status, 200)
  t.is(server.query('SELECT id FROM users').length, 1)
  t.notRegex(server.log(), /"level":[56]0/, 'nothing is logged as a fault of ours')
})

test('what is JSON and no object fails validation, on every route with a body', async (t) => {
  const server = await startServer(t)
  const send = await signedInSender(server)
  for (const route of bodyRoutes) {
    const outcomes = await outcomesOf(t, notAnObject, (body) => send(route, body))
    t.deepEqual(outcomes, allOf(notAnObject, '422 validation_failed'), route.path)
  }
  t.notRegex(server.log(), /"level":[56]0/)
})
