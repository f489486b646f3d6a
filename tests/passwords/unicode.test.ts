import test from 'ava'
import { registerAnother, resetPassword, signIn } from '../helpers/account-requests.ts'
import { assertProblem } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'
import { startServer } from '../helpers/start-server.ts'

const email = 'alice@example.com'

const alike = [
  {
    kind: 'composed and decomposed',
    forms: ['crème brûlée für zwölf'.normalize('NFC'), 'crème brûlée für zwölf'.normalize('NFD')],
  },
  { kind: 'full-width', forms: ['secure password 12', 'ｓｅｃｕｒｅ\u3000ｐａｓｓｗｏｒｄ\u00a0１２'] },
  { kind: 'ligatures and signs', forms: ['five coffees for 5 km', 'ﬁve coﬀees for ⑤ ㎞'] },
  {
    kind: 'Hangul syllables',
    forms: ['안녕하세요 여러분 반갑습니다'.normalize('NFC'), '안녕하세요 여러분 반갑습니다'.normalize('NFD')],
  },
]

for (const { kind, forms } of alike) {
  test(`however a keyboard writes it, it is one password: ${kind}`, async (t) => {
    t.is(new Set(forms).size, forms.length)
    const server = await startServer(t)
    for (const [index, password] of forms.entries()) {
      const address = `alice${index}@example.com`
      t.is((await registerAnother(server, { email: address, password })).status, 201)
      for (const form of forms) t.is((await signIn(server, address, form)).status, 200, form)
      const others = [`${password}.`, `${password}\u200b`, password.slice(1)]
      for (const other of others) assertProblem(t, await signIn(server, address, other), 401, 'invalid_credentials')
    }
  })
}

test('the length is that of the normalised password', async (t) => {
  const server = await startServer(t)
  const fourteenThatAreFifteen = 'ﬁve coffees at'
  t.is([...fourteenThatAreFifteen].length, 14)
  t.is((await registerAnother(server, { password: fourteenThatAreFifteen })).status, 201)
  const fifteenThatAreFourteen = 'cre\u0300me for twel'
  t.is([...fifteenThatAreFourteen].length, 15)
  const short = await registerAnother(server, { password: fifteenThatAreFourteen })
  assertProblem(t, short, 422, 'weak_password')
  t.regex(short.body.detail, /this one has 14\b/)
  const long = await registerAnother(server, { password: 'ﷺ'.repeat(8) })
  t.regex(long.body.detail, /this one has 144\b/)
})

test('a lone surrogate is refused where a password is set, by its form', async (t) => {
  const server = await startServer(t)
  await registerAnother(server, { email, username: 'alice' })
  const code = await makeResetCodeFor(server)
  for (const surrogate of ['\ud800', '\udfff', '\udc00\ud800']) {
    for (const password of [`fourteen words${surrogate}`, `${surrogate}fourteen words`, surrogate]) {
      const answer = await registerAnother(server, { password })
      assertProblem(t, answer, 422, 'validation_failed')
      t.is(answer.body.errors[0].path, 'password')
      assertProblem(t, await resetPassword(server, code, password), 422, 'validation_failed')
    }
  }
  t.is(server.query('SELECT id FROM users').length, 1)
})

test('a password with the replacement character is not opened by a lone surrogate', async (t) => {
  const server = await startServer(t)
  const password = 'fourteen words\ufffd'
  await registerAnother(server, { email, password })
  for (const surrogate of ['\ud800', '\udbff', '\udc00', '\udfff']) {
    assertProblem(t, await signIn(server, email, `fourteen words${surrogate}`), 401, 'invalid_credentials')
  }
  t.is((await signIn(server, email, password)).status, 200)
})

test('NULs at the end make another password, though HMAC does not tell them apart', async (t) => {
  const server = await startServer(t)
  await registerAnother(server, { email, username: 'alice' })
  for (const wrong of ['secure-password\0', 'secure-password\0\0\0']) {
    assertProblem(t, await signIn(server, email, wrong), 401, 'invalid_credentials')
  }
  const code = await makeResetCodeFor(server)
  for (const password of ['secret\0\0\0\0\0\0\0\0\0', 'a secure\0password', 'fourteen words\0']) {
    const answer = await registerAnother(server, { password })
    assertProblem(t, answer, 422, 'validation_failed')
    t.deepEqual(answer.body.errors, [{ path: 'password', message: 'Must not hold NUL characters' }])
    assertProblem(t, await resetPassword(server, code, password), 422, 'validation_failed')
  }
})
