import '../helpers/scrypt-calls.ts'
import test from 'ava'
import { signIn } from '../helpers/account-requests.ts'
import { registerPerson } from '../helpers/people.ts'
import { scryptCalls } from '../helpers/scrypt-calls.ts'
import type { Answer } from '../helpers/send.ts'
import { startServer } from '../helpers/start-server.ts'

const wrong = 'not-the-right-one'

/** All of an answer but what differs from one request to the next. */
function comparable(answer: Answer): { status: number; headers: string[][]; text: string } {
  const headers = [...answer.headers].filter(([name]) => name !== 'date' && name !== 'x-request-id')
  return { status: answer.status, headers, text: answer.text.replace(answer.body.requestId, '') }
}

test.serial('an unknown email and a wrong password get the same answer, byte for byte', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  await registerPerson(server, 'linked')
  server.query("UPDATE users SET password_hash = NULL WHERE username = 'linked'")
  for (let count = 0; count < 7; count += 1) {
    const known = comparable(await signIn(server, 'alice@example.com', wrong))
    t.deepEqual(comparable(await signIn(server, 'nobody@example.com', wrong)), known)
    t.deepEqual(comparable(await signIn(server, 'linked@example.com', wrong)), known)
    t.is(known.status, count < 5 ? 401 : 429)
  }
})

test.serial('an unknown email costs the same hashing as a wrong password', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  await registerPerson(server, 'linked')
  server.query("UPDATE users SET password_hash = NULL WHERE username = 'linked'")
  const workOf = async (email: string, password: string): Promise<unknown[]> => {
    scryptCalls.length = 0
    await signIn(server, email, password)
    return [...scryptCalls]
  }
  const work = [{ N: 16, r: 8, p: 1, keyLength: 64 }]
  t.deepEqual(await workOf('alice@example.com', 'secure-password'), work)
  t.deepEqual(await workOf('alice@example.com', wrong), work)
  t.deepEqual(await workOf('alice@example.com', '\ud800'), work)
  t.deepEqual(await workOf('nobody@example.com', wrong), work)
  t.deepEqual(await workOf('linked@example.com', wrong), work)
  t.deepEqual(await workOf('', ''), work)
})

test.serial('where a sign-in waits, no hashing is done for known or unknown alike', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  for (const email of ['alice@example.com', 'nobody@example.com']) {
    for (let count = 0; count < 5; count += 1) await signIn(server, email, wrong)
    scryptCalls.length = 0
    t.is((await signIn(server, email)).status, 429)
    t.deepEqual(scryptCalls, [])
  }
})

test.serial('strangers without an invite cannot burn hashing time', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const inviteCode = await server.mintInvite(1)
  scryptCalls.length = 0
  const post = (path: string, body: unknown) => server.request('POST', `/api/auth/${path}`, { body })
  const person = { email: 'bob@example.com', username: 'bob', password: 'secure-password' }
  await post('register', { ...person, inviteCode: 'UNKNOWN' })
  await post('register', { ...person, username: 'alice', inviteCode })
  await post('register', { ...person, password: 'short', inviteCode })
  await post('password/reset', { code: 'UNKNOWN', password: 'secure-password' })
  t.deepEqual(scryptCalls, [])
  t.is((await post('register', { ...person, inviteCode })).status, 201)
  t.is(scryptCalls.length, 1)
})
