import test from 'ava'
import { connectBeside } from '../helpers/data-files.ts'
import { logIn, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

test('while another process holds the write lock, a write waits and everything else goes on', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const other = connectBeside(t, server.file)
  other.exec('BEGIN IMMEDIATE')
  let isAnswered = false
  const login = logIn(server).finally(() => {
    isAnswered = true
  })
  for (let count = 0; count < 20; count += 1) {
    t.is((await server.request('GET', '/healthz')).status, 200)
    t.is((await server.request('GET', '/readyz')).status, 200)
    t.is((await server.request('GET', '/api/auth/me', { token })).status, 200)
  }
  t.false(isAnswered)
  t.is(server.query('SELECT id FROM sessions').length, 1)
  other.exec('COMMIT')
  t.is((await login).status, 200)
  t.is(server.query('SELECT id FROM sessions').length, 2)
})

test('writes that waited together are all done when the lock is free', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const other = connectBeside(t, server.file)
  other.exec('BEGIN IMMEDIATE')
  const patches = Array.from({ length: 10 }, (_, index) =>
    server.request('PATCH', '/api/auth/me', { token, body: { avatarUrl: `https://example.com/${index}.png` } }),
  )
  const logins = Array.from({ length: 5 }, () => logIn(server))
  await server.request('GET', '/healthz')
  other.exec('ROLLBACK')
  for (const answer of await Promise.all([...patches, ...logins])) t.is(answer.status, 200, answer.text)
  t.is(server.query('SELECT id FROM sessions').length, 6)
})
