import test from 'ava'
import { countRows, countUses } from '../helpers/account-requests.ts'
import { assertProblem, registerPerson, registration } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const notStrings = ['null', 'true', '1', '[]', '["alice"]', '{}', '{"toString":"alice"}']
const strangeKeys = ['isBot', 'id', 'role', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '']

/** As JSON text: an object literal cannot hold `__proto__`. */
const withMember = (body: object, key: string, json: string): string =>
  `${JSON.stringify(body).slice(0, -1)}${Object.keys(body).length > 0 ? ',' : ''}${JSON.stringify(key)}:${json}}`

test('an unknown field refuses the whole registration', async (t) => {
  const server = await startServer(t)
  const valid = registration({ inviteCode: await server.mintInvite(1) })
  for (const key of [...strangeKeys, 'avatarUrl', 'Email', 'password ']) {
    for (const json of ['"x"', 'null', '{"isBot":true,"inviteCode":"x"}']) {
      const answer = await server.request('POST', '/api/auth/register', { body: withMember(valid, key, json) })
      assertProblem(t, answer, 422, 'validation_failed')
      t.deepEqual(answer.body.errors, [{ path: key, message: 'Unknown field' }])
    }
  }
  t.is(countUses(server), 0)
  t.deepEqual(countRows(server), { users: 0, sessions: 0, invite_uses: 0, idempotency_keys: 0, audit_events: 0 })
})

test('a field of a wrong type or a missing one refuses the whole registration', async (t) => {
  const server = await startServer(t)
  const valid = registration({ inviteCode: await server.mintInvite(1), displayName: 'Alice' })
  for (const key of ['email', 'password', 'username', 'displayName', 'inviteCode']) {
    const { [key]: _, ...others } = valid
    for (const json of notStrings) {
      const answer = await server.request('POST', '/api/auth/register', { body: withMember(others, key, json) })
      assertProblem(t, answer, 422, 'validation_failed')
      t.deepEqual(
        answer.body.errors.map(({ path }: { path: string }) => path),
        [key],
      )
    }
    if (key === 'displayName') continue
    assertProblem(t, await server.request('POST', '/api/auth/register', { body: others }), 422, 'validation_failed')
  }
  t.is(countUses(server), 0)
})

test('every wrong field is told at once, and no value of the body comes back', async (t) => {
  const server = await startServer(t)
  const body = { email: 'not-an-address', password: 123456789012345, username: '!', inviteCode: [], extra: 'secret' }
  const answer = await server.request('POST', '/api/auth/register', { body })
  assertProblem(t, answer, 422, 'validation_failed')
  const paths = answer.body.errors.map(({ path }: { path: string }) => path).sort()
  t.deepEqual(paths, ['email', 'extra', 'inviteCode', 'password', 'username'])
  t.notRegex(answer.text + server.log(), /not-an-address|123456789012345|"secret"/)
})

test('a body that is no object is refused', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  for (const body of ['null', '[]', '"text"', '1', 'true', '[{"displayName":"x"}]']) {
    for (const path of ['register', 'login', 'invites/check', 'password/reset']) {
      assertProblem(t, await server.request('POST', `/api/auth/${path}`, { body }), 422, 'validation_failed')
    }
    assertProblem(t, await server.request('PATCH', '/api/auth/me', { token, body }), 422, 'validation_failed')
  }
  t.deepEqual((await server.request('GET', '/api/auth/me', { token })).body, user)
})

test('an unknown field or a wrong type refuses the whole update, and nothing of it is applied', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const valid = { displayName: 'Changed', avatarUrl: 'https://example.com/a.png' }
  for (const key of [...strangeKeys, 'username', 'email', 'password']) {
    for (const json of ['"x"', '{"displayName":"y"}']) {
      const answer = await server.request('PATCH', '/api/auth/me', { token, body: withMember(valid, key, json) })
      assertProblem(t, answer, 422, 'validation_failed')
      t.deepEqual(answer.body.errors, [{ path: key, message: 'Unknown field' }])
    }
  }
  for (const [key, others] of [
    ['displayName', { avatarUrl: valid.avatarUrl }],
    ['avatarUrl', { displayName: valid.displayName }],
  ] as const) {
    for (const json of notStrings.filter((value) => key === 'displayName' || value !== 'null')) {
      const answer = await server.request('PATCH', '/api/auth/me', { token, body: withMember(others, key, json) })
      assertProblem(t, answer, 422, 'validation_failed')
      t.is(answer.body.errors[0].path, key)
    }
  }
  t.deepEqual((await server.request('GET', '/api/auth/me', { token })).body, user)
})

test('login, reset and invite check refuse unknown fields and wrong types', async (t) => {
  const server = await startServer(t)
  const bodies = {
    login: { email: 'alice@example.com', password: 'secure-password' },
    'invites/check': { inviteCode: 'ABC123' },
    'password/reset': { code: 'ABC123', password: 'secure-password' },
  }
  for (const [path, valid] of Object.entries(bodies)) {
    for (const key of strangeKeys) {
      const answer = await server.request('POST', `/api/auth/${path}`, { body: withMember(valid, key, '"x"') })
      assertProblem(t, answer, 422, 'validation_failed')
    }
    for (const key of Object.keys(valid)) {
      for (const json of notStrings) {
        const others = Object.fromEntries(Object.entries(valid).filter(([name]) => name !== key))
        const answer = await server.request('POST', `/api/auth/${path}`, { body: withMember(others, key, json) })
        assertProblem(t, answer, 422, 'validation_failed')
        t.is(answer.body.errors[0].path, key)
      }
    }
  }
})
