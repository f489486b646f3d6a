import test from 'ava'
import { countUses, register, registerAnother } from '../helpers/account-requests.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

test('a username has 3 to 32 of a-z 0-9 _ . - with a letter or digit at both ends', async (t) => {
  const server = await startServer(t)
  const names = ['abc', '007', 'a_b', 'a.b-c_d', 'a--b', 'x1y', 'a'.repeat(32)]
  for (const username of names) {
    const answer = await registerAnother(server, { username })
    t.is(answer.status, 201, answer.text)
    t.is(answer.body.user.username, username)
  }
})

test('any other username is refused, naming the field', async (t) => {
  const server = await startServer(t)
  const names = [
    '',
    'ab',
    'a'.repeat(33),
    '_ab',
    'ab_',
    '.ab',
    'ab.',
    '-ab',
    'ab-',
    'a b',
    ' abc',
    'abc ',
    'abc\n',
    'a\0bc',
    'a@b',
    'a/b',
    'älice',
    'аlice',
    'ａｌｉｃｅ',
    'ali\u200bce',
    'ali\ud83dce',
    '😀😀😀',
  ]
  for (const username of names) {
    const answer = await registerAnother(server, { username })
    assertProblem(t, answer, 422, 'validation_failed')
    t.deepEqual(answer.body.errors[0].path, 'username', username)
  }
  t.is(countUses(server), 0)
})

test('only the upper case of a-z is folded: a sign that looks like a letter is refused', async (t) => {
  const server = await startServer(t)
  // The Kelvin sign, whose lower case is the letter k, and the dotted capital I.
  for (const username of ['mi\u212ae', 'al\u0130ce']) {
    assertProblem(t, await registerAnother(server, { username }), 422, 'validation_failed')
  }
  t.is((await registerAnother(server, { username: 'MIKE' })).body.user.username, 'mike')
})

test('reserved names are refused in any case', async (t) => {
  const server = await startServer(t)
  for (const username of ['admin', 'Admin', 'ROOT', 'system', 'support', 'guestlist']) {
    const answer = await registerAnother(server, { username })
    assertProblem(t, answer, 422, 'validation_failed')
    t.deepEqual(answer.body.errors, [{ path: 'username', message: 'This username is reserved' }])
  }
  t.is((await registerAnother(server, { username: 'admin2' })).status, 201)
})

test('two registrations of one username at once make one account and burn one use', async (t) => {
  const server = await startServer(t)
  const codes = await Promise.all([...'abcdefghij'].map(() => server.mintInvite(1)))
  const answers = await Promise.all(
    codes.map((inviteCode, index) => {
      const username = index % 2 ? 'alice' : 'ALICE'
      return register(server, { username, email: `alice${index}@example.com`, inviteCode })
    }),
  )
  t.is(answers.filter(({ status }) => status === 201).length, 1)
  for (const answer of answers.filter(({ status }) => status !== 201)) assertProblem(t, answer, 409, 'username_taken')
  t.is(countUses(server), 1)
  t.is(server.query('SELECT id FROM sessions').length, 1)
})
