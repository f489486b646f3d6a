import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { changeEachCharacter } from '../../scripts/prove/forged-tokens.ts'
import { readToken } from '../../server/sessions/tokens.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { createClock, startServer, type TestServer } from '../helpers/start-server.ts'
import { getMe, refresh } from '../helpers/tokens.ts'

const file = join(projectFolder, 'clients', 'contract', 'forged-tokens.json')
const shared = JSON.parse(readFileSync(file, 'utf8'))

/** A server that has made the good token: its key, its person and its session are in the data file. */
async function startIssuer(t: Parameters<typeof startServer>[0]): Promise<TestServer> {
  const server = await startServer(t, { clock: createClock(shared.now * 1000) })
  await server.stop()
  const [{ kid, ...jwk }] = shared.jwks.keys
  server.query('DELETE FROM signing_keys')
  const { kty, crv, x, y } = jwk
  const publicKey = JSON.stringify({ kty, crv, x, y })
  server.query('INSERT INTO signing_keys VALUES (?, ?, ?, 1, 1, 1)', kid, shared.privateKey, publicKey)
  const user = 'id, username, display_name, is_bot, created_at'
  server.query(`INSERT INTO users (${user}) VALUES (?, 'alice', 'Alice', 0, 1)`, shared.user)
  const session = 'id, user_id, generation, created_at, authenticated_at, rotated_at, expires_at'
  const [now, later] = [shared.now * 1000, shared.now * 1000 + 86_400_000]
  server.query(
    `INSERT INTO sessions (${session}) VALUES (?, ?, 1, ?, ?, ?, ?)`,
    shared.session,
    shared.user,
    now,
    now,
    now,
    later,
  )
  return await startServer(t, { file: server.file, clock: server.clock })
}

test('the server refuses every forgery that the verifiers refuse, to authenticate as to refresh, and accepts the good token', async (t) => {
  const server = await startIssuer(t)
  const forged: [string, string][] = Object.entries(shared.forged)
  t.true(forged.length > 130)
  // Not by a request: some cannot be written into a header.
  for (const [name, token] of forged) {
    await t.throwsAsync(readToken(server.auth.deps, token), { message: 'token_invalid' }, name)
  }
  for (const [name, token] of forged.filter(([, each]) => /^[\w.=+/-]+$/.test(each))) {
    for (const answer of [await getMe(server, token), await refresh(server, token)]) t.is(answer.status, 401, name)
  }
  t.deepEqual(server.query('SELECT generation, ended_at FROM sessions'), [{ generation: 1, ended_at: null }])
  t.is((await getMe(server, shared.good)).status, 200)
})

test('the server refuses the good token with any one character changed', async (t) => {
  const server = await startIssuer(t)
  const changed = changeEachCharacter(shared.good)
  t.true(changed.length > 400)
  for (const [index, token] of changed.entries()) {
    await t.throwsAsync(readToken(server.auth.deps, token), { message: 'token_invalid' }, String(index))
  }
})
