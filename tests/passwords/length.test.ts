import test from 'ava'
import { parseConfig } from '../../server/config.ts'
import { countRows, registerAnother, signIn } from '../helpers/account-requests.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const alphabets = ['qxzvkjwpfm', 'éèêàâîïôùç', '字山川木花鳥風月火水', '😀🐎🔋🍎📚🎵🧊🐧🪁🎲', 'ab cd ef g ']

/** So many characters in no order, the same each time. */
function mixed(alphabet: string, length: number): string {
  const characters = [...alphabet]
  let state = 1
  const next = (): string => {
    state = (state * 48_271) % 2_147_483_647
    return characters[state % characters.length] ?? ''
  }
  return Array.from({ length }, next).join('')
}

test('a password has 15 to 128 code points, whatever they are', async (t) => {
  const server = await startServer(t)
  for (const alphabet of alphabets) {
    for (const length of [14, 129, 500]) {
      const answer = await registerAnother(server, { password: mixed(alphabet, length) })
      assertProblem(t, answer, 422, 'weak_password')
    }
    for (const length of [15, 128]) {
      const password = `${mixed(alphabet, length - 1)}!`
      t.is((await registerAnother(server, { password })).status, 201, `${length} of ${alphabet}`)
    }
  }
})

test('of a weak password it is told what is wrong, how long it must be where that is it, and that a few words do', async (t) => {
  const server = await startServer(t)
  const tell = async (password: string): Promise<string> => {
    const answer = await registerAnother(server, { email: 'alice-in-wonderland@example.com', password })
    assertProblem(t, answer, 422, 'weak_password')
    t.deepEqual(answer.body.errors, [{ path: 'password', message: answer.body.detail }])
    t.false(answer.text.includes(password) || server.log().includes(password), 'the password does not come back')
    return answer.body.detail
  }
  const weak = ['x!x!x!x!', '😀'.repeat(129), 'qwerty123456789', 'alice-in-wonderland@example.com']
  const lengths = [8, 129]
  for (const [index, password] of weak.entries()) {
    const detail = await tell(password)
    const length = lengths[index]
    if (length === undefined) t.notRegex(detail, /\d/)
    else t.regex(detail, new RegExp(`15 to 128 characters; this one has ${length}\\b`))
    t.regex(detail, /few words/)
  }
  t.deepEqual(countRows(server), { users: 0, sessions: 0, invite_uses: 0, idempotency_keys: 0, audit_events: 0 })
})

test('no composition is asked for', async (t) => {
  const server = await startServer(t)
  for (const password of [
    'correct horse battery',
    'only lower case words',
    'пароль из нескольких слов',
    '🐎🔋🍎📚🎵🧊🐧🪁🎲🧵🌋🛶🥝🪐🚗🌲',
  ]) {
    t.is((await registerAnother(server, { password })).status, 201, password)
  }
})

test('a password is never cut: the 128th character counts, and what stands at the ends', async (t) => {
  const server = await startServer(t)
  for (const alphabet of alphabets.slice(0, 4)) {
    const password = mixed(alphabet, 127)
    const email = `${alphabet.codePointAt(0)}@example.com`
    t.is((await registerAnother(server, { email, password: `${password}1` })).status, 201)
    for (const wrong of [`${password}2`, password, `${password}1 `, ` ${password}1`, `${password}11`]) {
      assertProblem(t, await signIn(server, email, wrong), 401, 'invalid_credentials')
    }
    server.clock.advance(3_600_000)
    t.is((await signIn(server, email, `${password}1`)).status, 200)
  }
})

test('PASSWORD_MIN_LENGTH lowers the length, in the rule and in what is told of it', async (t) => {
  const server = await startServer(t, { settings: { PASSWORD_MIN_LENGTH: '8' } })
  const short = await registerAnother(server, { password: 'x!y!z!7' })
  assertProblem(t, short, 422, 'weak_password')
  t.regex(short.body.detail, /8 to 128 characters; this one has 7/)
  t.is((await registerAnother(server, { password: 'x!y!z!78' })).status, 201)
  const config = await server.request('GET', '/api/auth/config')
  t.regex(config.text, /"minLength":8\b/)
})

test('PASSWORD_MIN_LENGTH cannot go below 8', (t) => {
  for (const length of ['7', '1', '0', '-1', '8.5', 'none', '1e2', '٨']) {
    t.throws(() => parseConfig({ PASSWORD_MIN_LENGTH: length }), { message: /^PASSWORD_MIN_LENGTH must be/ })
  }
  t.is(parseConfig({ PASSWORD_MIN_LENGTH: '8' }).passwordMinLength, 8)
  t.is(parseConfig({}).passwordMinLength, 15)
})
