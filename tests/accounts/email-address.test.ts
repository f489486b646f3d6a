import test from 'ava'
import { countUses, register, registerAnother, signIn } from '../helpers/account-requests.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const label = 'a'.repeat(63)

test("an address that a browser's form accepts registers", async (t) => {
  const server = await startServer(t)
  const addresses = [
    'a@b',
    'alice@localhost',
    'alice+guests@mail.example.com',
    ".!#$%&'*+/=?^_`{|}~-@example.com",
    'first.last@1.2.3.4',
    `alice@${label}.example`,
    'alice@xn--bcher-kva.example',
  ]
  for (const email of addresses) t.is((await registerAnother(server, { email })).status, 201, email)
})

test('what is not an email address is refused, naming the field', async (t) => {
  const server = await startServer(t)
  const addresses = [
    '',
    'alice',
    '@example.com',
    'alice@',
    'alice@@example.com',
    'alice@bob@example.com',
    'alice@example..com',
    'alice@.example.com',
    'alice@example.com.',
    'alice@-example.com',
    'alice@example-.com',
    `alice@a${label}.example`,
    'alice@exam_ple.com',
    '"alice"@example.com',
    'Alice <alice@example.com>',
    'al ice@example.com',
    ' alice@example.com',
    'alice@example.com\n',
    'alice@example.com\0',
    'alice@[127.0.0.1]',
    'älice@example.com',
    'alice@bücher.example',
    'alice@example.com\u202e',
    'alice@ex\ud800ample.com',
  ]
  for (const email of addresses) {
    const answer = await registerAnother(server, { email })
    assertProblem(t, answer, 422, 'validation_failed')
    t.is(answer.body.errors[0].path, 'email', email)
  }
  t.is(countUses(server), 0)
  t.deepEqual(server.query('SELECT id FROM users'), [])
})

test('an email address has at most 254 characters', async (t) => {
  const server = await startServer(t)
  const ofLength = (length: number): string => `${'a'.repeat(length - '@example.com'.length)}@example.com`
  assertProblem(t, await registerAnother(server, { email: ofLength(255) }), 422, 'validation_failed')
  t.is((await registerAnother(server, { email: ofLength(254) })).status, 201)
  t.is((await signIn(server, ofLength(254).toUpperCase())).status, 200)
})

test('email addresses are compared without case, and kept as they were typed', async (t) => {
  const server = await startServer(t)
  const registered = await registerAnother(server, { email: 'Alice@Example.COM' })
  t.is(registered.status, 201)
  for (const email of ['alice@example.com', 'ALICE@EXAMPLE.COM', 'Alice@Example.COM']) {
    t.deepEqual((await signIn(server, email)).body.user, registered.body.user)
    assertProblem(t, await registerAnother(server, { email }), 409, 'email_taken')
  }
  t.deepEqual(server.query('SELECT email FROM users'), [{ email: 'Alice@Example.COM' }])
})

test('an address with dots or a tag more is another address', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  t.is((await registerAnother(server, { email: 'al.ice@example.com' })).status, 201)
  t.is((await registerAnother(server, { email: 'alice+tag@example.com' })).status, 201)
  t.is((await logIn(server)).body.user.username, 'alice')
})

test('two registrations of one address at once make one account and burn one use', async (t) => {
  const server = await startServer(t)
  const codes = await Promise.all([...'abcdefghij'].map(() => server.mintInvite(1)))
  const answers = await Promise.all(
    codes.map((inviteCode, index) => register(server, { username: `alice${index}`, inviteCode })),
  )
  t.is(answers.filter(({ status }) => status === 201).length, 1)
  for (const answer of answers.filter(({ status }) => status !== 201)) assertProblem(t, answer, 409, 'email_taken')
  t.is(countUses(server), 1)
  t.is(server.query('SELECT user_id FROM invite_uses').length, 1)
})
