import test from 'ava'
import { countUses, registerAnother } from '../helpers/account-requests.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const refused = [
  '',
  '   ',
  '\t\n',
  '\u200b\u200d',
  'a'.repeat(65),
  '😀'.repeat(65),
  'a\0b',
  'a\nb',
  'a\tb',
  'a\u007fb',
  'a\u0085b',
  'a\u2028b',
  'a\u2029b',
  ...[...'\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'].map((override) => `a${override}b`),
  'a\ud800b',
]

test('a display name of 1 to 64 code points is kept, trimmed, as it was written', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const names = [
    'A',
    '李',
    '🎉',
    'Ålice O’Neill-Smith',
    'أليس',
    'a'.repeat(64),
    '😀'.repeat(64),
    '👩‍👩‍👧',
    'null',
    '<b>',
  ]
  for (const displayName of names) {
    const body = { displayName: ` \u00a0\u3000${displayName}\n ` }
    const answer = await server.request('PATCH', '/api/auth/me', { token, body })
    t.is(answer.body.displayName, displayName, answer.text)
    t.is((await server.request('GET', '/api/auth/me', { token })).body.displayName, displayName)
  }
})

test('64 characters between spaces are 64 characters', async (t) => {
  const server = await startServer(t)
  const answer = await registerAnother(server, { displayName: ` ${'é'.repeat(64)} ` })
  t.is(answer.body.user.displayName, 'é'.repeat(64))
})

test('an empty, invisible or too long display name, and one with control or direction characters, is refused', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  for (const displayName of refused) {
    const changed = await server.request('PATCH', '/api/auth/me', { token, body: { displayName } })
    assertProblem(t, changed, 422, 'validation_failed')
    t.is(changed.body.errors[0].path, 'displayName')
    assertProblem(t, await registerAnother(server, { displayName }), 422, 'validation_failed')
  }
  t.deepEqual((await server.request('GET', '/api/auth/me', { token })).body, user)
  t.is(countUses(server), 1)
})
