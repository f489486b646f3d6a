import { join } from 'node:path'
import test from 'ava'
import { openDatabase } from '../../db/open-database.ts'
import { createAmbience } from '../../server/ambience.ts'
import { mintInvites } from '../../server/invites/mint-invites.ts'
import { Chance } from '../helpers/chance.ts'
import { connectBeside } from '../helpers/data-files.ts'
import { goodPassword, registration } from '../helpers/people.ts'
import { type ServerProcess, startServerProcess } from '../helpers/processes.ts'
import { temporaryFolder } from '../helpers/start-server.ts'
import { generationOf, sessionIdOf } from '../helpers/tokens.ts'

const maxUses = 4
const names = Array.from({ length: 6 }, (_, index) => `user${index}`)

async function mintCode(file: string): Promise<string> {
  const db = openDatabase(file)
  const options = { count: 1, maxUses, expiresAt: undefined }
  const [code = ''] = await db.transaction().execute((trx) => mintInvites(trx, createAmbience(), options))
  await db.destroy()
  return code
}

/** The newest token that each person has received; who has none does not know whether there is an account. */
type Received = Map<string, string>

/** Keeps a server busy until it is killed, which happens as soon as it has given so many answers. */
async function killAfter(
  answers: number,
  server: ServerProcess,
  received: Received,
  inviteCode: string,
): Promise<void> {
  let left = answers
  const noteAnswer = (): void => {
    left -= 1
    if (left === 0) server.child.kill('SIGKILL')
  }
  const register = async (username: string): Promise<void> => {
    const body = registration({ username, email: `${username}@example.com`, inviteCode })
    const headers = { 'idempotency-key': `key of ${username}`.replaceAll(' ', '-') }
    const answer = await server.request('POST', '/api/auth/register', { body, headers })
    if (answer.status === 201) received.set(username, answer.body.token)
    else if (answer.body.code !== 'invite_used_up') throw new Error(answer.text)
    noteAnswer()
  }
  const keepRefreshing = async (username: string): Promise<void> => {
    for (;;) {
      const answer = await server.request('POST', '/api/auth/refresh', { token: received.get(username) ?? '' })
      if (answer.status !== 200) throw new Error(answer.text)
      received.set(username, answer.body.token)
      noteAnswer()
    }
  }
  const work = names.map((name) => (received.has(name) ? keepRefreshing(name) : register(name)))
  const outcomes = await Promise.allSettled(work)
  server.child.kill('SIGKILL')
  for (const outcome of outcomes) {
    // Only a connection that broke may have failed, never a request that was answered.
    if (outcome.status === 'rejected' && !(outcome.reason instanceof TypeError)) throw outcome.reason
  }
  await server.ended
}

test('what was answered before a kill is there after it, and an invite makes no account too many', async (t) => {
  const chance = new Chance(20_261)
  const file = join(temporaryFolder(t), 'guestlist.db')
  const inviteCode = await mintCode(file)
  const received: Received = new Map()
  for (const answers of [3, 1 + chance.below(3), 10 + chance.below(60)]) {
    await killAfter(answers, await startServerProcess(t, file), received, inviteCode)
    const data = connectBeside(t, file)
    const count = (table: string): unknown => data.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
    t.is(data.pragma('integrity_check', { simple: true }), 'ok')
    t.deepEqual(data.pragma('foreign_key_check'), [])
    const users = Number(count('users'))
    t.deepEqual(
      [data.prepare('SELECT uses FROM invites WHERE max_uses > 1').pluck().get(), count('invite_uses')],
      [users, users],
    )
    t.true(users <= maxUses && users >= received.size)
    const generation = data.prepare('SELECT generation FROM sessions WHERE id = ? AND ended_at IS NULL').pluck()
    for (const token of received.values())
      t.true(Number(generation.get(sessionIdOf(token))) >= Number(generationOf(token)))
  }
  t.true(received.size >= 3)
  const server = await startServerProcess(t, file)
  await Promise.all(
    [...received].map(async ([username, token]) => {
      t.is((await server.request('POST', '/api/auth/refresh', { token })).status, 200)
      const body = { email: `${username}@example.com`, password: goodPassword }
      t.is((await server.request('POST', '/api/auth/login', { body })).status, 200)
    }),
  )
})
