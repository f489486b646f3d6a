import { once } from 'node:events'
import test from 'ava'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { createViewer, disconnect } from '../helpers/presence.ts'
import { openSocket, parseAnswers, readToEnd } from '../helpers/raw-http.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe, refresh, refreshed, sessionRow } from '../helpers/tokens.ts'

test('a farewell ends presence at once, and nothing else', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, token)
  const before = sessionRow(server, token)
  server.clock.advance(5000)
  const answer = await disconnect(server, token)
  t.is(answer.status, 204)
  t.is(answer.text, '')
  t.is((await look(user.id)).status, 'offline')
  t.deepEqual(sessionRow(server, token), before)
  t.is((await getMe(server, token)).status, 200)
  t.is((await look(user.id)).status, 'online')
  t.is((await refresh(server, token)).status, 200)
})

test('a farewell of somebody who is not online is answered alike', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  for (let count = 0; count < 3; count += 1) t.is((await disconnect(server, token)).status, 204)
  t.deepEqual(await look(user.id), { status: 'offline', lastSeenAt: null })
})

test('a farewell needs a fresh token of a living session', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  await getMe(server, token)
  assertProblem(t, await server.request('POST', '/api/auth/disconnect'), 401, 'token_missing')
  assertProblem(t, await disconnect(server, 'garbage'), 401, 'token_invalid')
  await server.request('POST', '/api/auth/logout', { token: bob.token })
  assertProblem(t, await disconnect(server, bob.token), 401, 'session_ended')
  t.true(server.auth.deps.presence.isOnline(user.id))
  server.clock.advance(20 * 60_000)
  assertProblem(t, await disconnect(server, token), 401, 'token_expired')
})

test('logout ends the presence of its session, and of no other', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const other = (await logIn(server)).body.token
  const look = await createViewer(server)
  await getMe(server, token)
  await getMe(server, other)
  await server.request('POST', '/api/auth/logout', { token })
  t.is((await look(user.id)).status, 'online')
  await server.request('POST', '/api/auth/logout', { token: other })
  t.is((await look(user.id)).status, 'offline')
})

test('a session that ends for a stolen token goes offline', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, await refreshed(server, token))
  server.clock.advance(31_000)
  t.is((await look(user.id)).status, 'online')
  assertProblem(t, await refresh(server, token), 401, 'token_reused')
  t.is((await look(user.id)).status, 'offline')
})

/** A request whose head the server has read, and which it has told to go on with its body. */
async function beginRequest(url: string, lines: readonly string[], body: string) {
  const socket = await openSocket(url)
  const answers = readToEnd(socket).then(parseAnswers)
  const more = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${body.length}`]
  socket.write(`${[...lines, ...more, 'Expect: 100-continue', 'Connection: close'].join('\r\n')}\r\n\r\n`)
  await once(socket, 'data')
  return async () => {
    socket.write(body)
    return (await answers).at(-1)
  }
}

test('a request whose body is still on its way when the page says farewell does not mark it again', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  const lines = ['PATCH /api/auth/me HTTP/1.1', `Authorization: Bearer ${token}`]
  const finish = await beginRequest(server.url, lines, JSON.stringify({ displayName: 'Alice in the end' }))
  t.is((await disconnect(server, token)).status, 204)
  t.is((await look(user.id)).status, 'offline')
  t.is((await finish())?.body.displayName, 'Alice in the end')
  t.is((await look(user.id)).status, 'offline')
})

test('a farewell whose body is still on its way when the person comes back does not end what they have begun', async (t) => {
  const server = await startServer(t)
  const { token, user } = await registerPerson(server)
  const look = await createViewer(server)
  await getMe(server, token)
  const finish = await beginRequest(server.url, ['POST /api/auth/disconnect HTTP/1.1'], JSON.stringify({ token }))
  await getMe(server, token)
  t.is((await finish())?.status, 204)
  t.is((await look(user.id)).status, 'online')
})
