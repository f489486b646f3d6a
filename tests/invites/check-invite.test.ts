import test from 'ava'
import { checkInvite, countUses, register } from '../helpers/account-requests.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const minute = 60_000

test('a check tells until when a code is good and how many uses are left, and takes none', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(2, { expiresAt: server.clock.now() + minute })
  const answer = await checkInvite(server, inviteCode)
  t.is(answer.status, 200)
  t.deepEqual(answer.body, { expiresAt: '2026-11-23T12:01:00.000Z', usesLeft: 2 })
  t.is((await register(server, { inviteCode })).status, 201)
  for (let count = 0; count < 3; count += 1) t.is((await checkInvite(server, inviteCode)).body.usesLeft, 1)
  t.is(countUses(server), 1)
})

test('without limit and without expiry both are null, however often the code was used', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite()
  await register(server, { inviteCode })
  t.deepEqual((await checkInvite(server, inviteCode)).body, { expiresAt: null, usesLeft: null })
})

test('a check answers the error that a registration would', async (t) => {
  const server = await startServer(t)
  const expired = await server.mintInvite(1, { expiresAt: server.clock.now() + minute })
  const revoked = await server.mintInvite(1, { code: 'REVOKED' })
  const usedUp = await server.mintInvite(1, { code: 'USED-UP' })
  await register(server, { inviteCode: usedUp, username: 'bob', email: 'bob@example.com' })
  server.query('UPDATE invites SET revoked_at = ? WHERE uses = 0 AND expires_at IS NULL', server.clock.now())
  server.clock.advance(minute)
  const codes = [
    ['UNKNOWN', 'invite_invalid'],
    ['', 'invite_invalid'],
    [revoked, 'invite_invalid'],
    [expired, 'invite_expired'],
    [usedUp, 'invite_used_up'],
  ] as const
  for (const [inviteCode, code] of codes) {
    const checked = await checkInvite(server, inviteCode)
    const registered = await register(server, { inviteCode })
    assertProblem(t, checked, 403, code)
    assertProblem(t, registered, 403, code)
    t.is(registered.body.detail, checked.body.detail)
  }
})

test('a code is good until the last millisecond before it expires', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite(1, { expiresAt: server.clock.now() + minute })
  server.clock.advance(minute - 1)
  t.is((await checkInvite(server, inviteCode)).status, 200)
  server.clock.advance(1)
  assertProblem(t, await checkInvite(server, inviteCode), 403, 'invite_expired')
  assertProblem(t, await register(server, { inviteCode }), 403, 'invite_expired')
  t.is(countUses(server), 0)
})

test('a revoked code is answered like an unknown one, also when it has expired or is used up', async (t) => {
  const server = await startServer(t)
  const ask = async (inviteCode: string): Promise<string> => {
    const answer = await checkInvite(server, inviteCode)
    return answer.text.replace(answer.body.requestId, '')
  }
  const unknown = await ask('00000-00000-00000-00000-00000')
  const used = await server.mintInvite(1)
  await register(server, { inviteCode: used })
  const expired = await server.mintInvite(1, { expiresAt: server.clock.now() })
  const fresh = await server.mintInvite(1)
  server.query('UPDATE invites SET revoked_at = 1')
  for (const code of [used, expired, fresh]) t.is(await ask(code), unknown)
})

test('a typo in a minted code is told as a typo', async (t) => {
  const server = await startServer(t)
  const code = await server.mintInvite(1)
  const typo = `${code.startsWith('A') ? 'B' : 'A'}${code.slice(1)}`
  const answer = await checkInvite(server, typo.toLowerCase())
  assertProblem(t, answer, 403, 'invite_invalid')
  t.regex(answer.body.detail, /typo/)
  t.notRegex((await checkInvite(server, 'ABC123')).body.detail, /typo/)
})

test('what is too long to be a code, or holds half a character, is refused by its form', async (t) => {
  const server = await startServer(t)
  for (const wrong of ['A'.repeat(201), 'ABC\ud800']) {
    assertProblem(t, await checkInvite(server, wrong), 422, 'validation_failed')
    assertProblem(t, await register(server, { inviteCode: wrong }), 422, 'validation_failed')
  }
})
