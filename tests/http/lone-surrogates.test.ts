import test from 'ava'
import { addPerson } from '../helpers/add-person.ts'
import { assertProblem, registration, usersAsWritten } from '../helpers/people.ts'
import { bodyRoutes, signedInSender } from '../helpers/requests-with-bodies.ts'
import { startServer } from '../helpers/start-server.ts'

/** Half of a pair at the start, in the middle, at the end, and a pair the wrong way round. */
const torn = (text: string): string[] => ['\ud83d', '\ude00', '\ude00\ud83d'].map((half) => `${text}${half}${text}`)

const takesAnyString = ['/api/auth/login', '/api/auth/disconnect']

test('half a character in any field fails validation, and nothing is applied', async (t) => {
  const server = await startServer(t)
  const send = await signedInSender(server)
  const before = usersAsWritten(server)
  for (const route of bodyRoutes.filter(({ path }) => !takesAnyString.includes(path))) {
    for (const [field, value] of Object.entries(route.body)) {
      for (const text of torn(value)) {
        const answer = await send(route, { ...route.body, [field]: text })
        assertProblem(t, answer, 422, 'validation_failed')
        const paths = answer.body.errors.map((error: { path: string }) => error.path)
        t.deepEqual([...new Set(paths)], [field], route.path)
      }
    }
  }
  t.deepEqual(usersAsWritten(server), before)
})

test('login: half a character matches nobody, not even what UTF-8 would make of it', async (t) => {
  const server = await startServer(t)
  const password = `secure-${'\ufffd'}-password`
  const inviteCode = await server.mintInvite(1)
  await server.request('POST', '/api/auth/register', { body: registration({ password, inviteCode }) })
  const logIn = (email: string, typed: string) =>
    server.request('POST', '/api/auth/login', { body: { email, password: typed } })
  t.is((await logIn('alice@example.com', password)).status, 200)
  assertProblem(t, await logIn('alice@example.com', 'secure-\ud800-password'), 401, 'invalid_credentials')
  assertProblem(t, await logIn('\ud800', password), 401, 'invalid_credentials')
  assertProblem(t, await logIn('alice@example.com\udc00', password), 401, 'invalid_credentials')
})

test('disconnect: a token that is no text is no token, and a connection that is none fails validation', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  const disconnect = (body: unknown) => server.request('POST', '/api/auth/disconnect', { body })
  assertProblem(t, await disconnect({ token: `${token}\ud800` }), 401, 'token_invalid')
  assertProblem(t, await disconnect({ token, connection: '\ud800' }), 422, 'validation_failed')
})
