import test from 'ava'
import { assertProblem, usersAsWritten } from '../helpers/people.ts'
import { bodyRoutes, signedInSender } from '../helpers/requests-with-bodies.ts'
import { startServer } from '../helpers/start-server.ts'

const wrongValues: Record<string, string> = {
  null: 'null',
  true: 'true',
  'a number': '1',
  'a huge number': '1e999',
  'an array': '["alice"]',
  'an object': '{"toString":"alice"}',
  'deeply nested arrays': '['.repeat(7000) + ']'.repeat(7000),
}

const unknownFields = ['isBot', 'id', 'constructor', 'toString', 'hasOwnProperty', '__proto__', '', '\ud800', '\0']

/** The body as text, with one more field, so that a field may be called anything. */
const withField = (body: Record<string, string>, field: string, value: string): string => {
  const others = JSON.stringify({ ...body, [field]: undefined }).slice(1, -1)
  return `{${others}${others && ','}${JSON.stringify(field)}:${value}}`
}

test('a field of the wrong type is refused under its name, and nothing is applied', async (t) => {
  const server = await startServer(t)
  const send = await signedInSender(server)
  const before = usersAsWritten(server)
  for (const route of bodyRoutes) {
    for (const field of Object.keys(route.body)) {
      for (const [name, value] of Object.entries(wrongValues)) {
        if (field === 'avatarUrl' && name === 'null') continue
        const answer = await send(route, withField(route.body, field, value))
        assertProblem(t, answer, 422, 'validation_failed')
        const paths = answer.body.errors.map((error: { path: string }) => error.path)
        t.deepEqual(paths, [field], `${name} on ${route.path}`)
      }
    }
  }
  t.deepEqual(usersAsWritten(server), before)
})

test('a field that nobody knows is refused under its name, and nothing is applied', async (t) => {
  const server = await startServer(t)
  const send = await signedInSender(server)
  const before = usersAsWritten(server)
  for (const route of bodyRoutes) {
    for (const field of unknownFields) {
      const answer = await send(route, withField(route.body, field, '{"isBot":true}'))
      assertProblem(t, answer, 422, 'validation_failed')
      t.deepEqual(answer.body.errors, [{ path: field, message: 'Unknown field' }], route.path)
    }
  }
  t.deepEqual(usersAsWritten(server), before)
})

test('of many wrong fields only the first are listed, so the answer stays small', async (t) => {
  const server = await startServer(t)
  const body = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field${index}`, 1]))
  const answer = await server.request('POST', '/api/auth/login', { body })
  assertProblem(t, answer, 422, 'validation_failed')
  t.true(answer.body.errors.length <= 20)
})

test('of a key given twice the last counts', async (t) => {
  const server = await startServer(t)
  const send = await signedInSender(server)
  const route = { method: 'PATCH', path: '/api/auth/me', body: {} }
  const answer = await send(route, '{"displayName":"First","displayName":"Last"}')
  t.is(answer.body.displayName, 'Last')
})
