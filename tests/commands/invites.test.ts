import test from 'ava'
import { checkInvite } from '../helpers/account-requests.ts'
import { assertFailure, runCommand, seedJson } from '../helpers/commands.ts'
import { assertProblem, registration } from '../helpers/people.ts'
import { createClock, startServer } from '../helpers/start-server.ts'

test('invites are listed without their codes: those that can be used, and with --all the others too', async (t) => {
  const server = await startServer(t, { clock: createClock(Date.now()) })
  const [random] = await seedJson(t, server.file, ['--note', 'for bob'])
  await server.mintInvite(undefined, { code: 'ABC123' })
  await server.mintInvite(1, { expiresAt: Date.now() - 1 })
  const list = await runCommand(t, server.file, ['invites', 'list', '--json'])
  const usable = JSON.parse(list.stdout)
  t.like(usable, [
    { firstGroup: random?.code.slice(0, 5), state: 'good', maxUses: 1, note: 'for bob' },
    { firstGroup: null, state: 'good', uses: 0, maxUses: null, expiresAt: null, note: null },
  ])
  t.is(usable.length, 2)
  const all = JSON.parse((await runCommand(t, server.file, ['invites', 'list', '--all', '--json'])).stdout)
  t.true(all.some(({ state }: { state: string }) => state === 'expired'))
  t.is(all.length, 3)
  const table = await runCommand(t, server.file, ['invites', 'list', '--all'])
  for (const text of [list.stdout, table.stdout]) {
    t.false(text.includes(random?.code ?? '-'))
    t.false(text.includes('ABC'))
  }
})

test('a note cannot move the cursor or colour the terminal', async (t) => {
  const server = await startServer(t)
  await seedJson(t, server.file, ['--note', 'red \u001b[31m and \u202eback'])
  const { stdout } = await runCommand(t, server.file, ['invites', 'list'])
  t.true(stdout.includes('red \uFFFD[31m and \uFFFDback'))
})

test('an invite is shown with who used it, by its code and by its id', async (t) => {
  const server = await startServer(t, { clock: createClock(Date.now()) })
  const code = await server.mintInvite(2)
  await server.request('POST', '/api/auth/register', { body: registration({ inviteCode: code }) })
  const byCode = await runCommand(t, server.file, ['invites', 'show', code.toLowerCase(), '--json'])
  const invite = JSON.parse(byCode.stdout)
  t.like(invite, { state: 'good', uses: 1, maxUses: 2, usedBy: [{ username: 'alice' }] })
  const byId = await runCommand(t, server.file, ['invites', 'show', invite.id, '--json'])
  t.is(byId.stdout, byCode.stdout)
  const unknown = await runCommand(t, server.file, ['invites', 'show', 'NOT-THERE'])
  assertFailure(t, unknown, /^guestlist: there is no invite with this id or code\n$/)
})

test('a revoked invite is refused at once by a running server; a second time says so', async (t) => {
  const server = await startServer(t, { clock: createClock(Date.now()) })
  const kept = await server.mintInvite(1)
  const code = await server.mintInvite(5)
  const { stdout } = await runCommand(t, server.file, ['invites', 'revoke', code])
  t.regex(stdout, /^Invite [0-9a-f-]{36} is revoked; it was used 0 of 5\.\n$/)
  assertProblem(t, await checkInvite(server, code), 403, 'invite_invalid')
  t.is((await checkInvite(server, kept)).status, 200)
  assertFailure(t, await runCommand(t, server.file, ['invites', 'revoke', code]), /is revoked already/)
  const [{ id } = { id: '' }] = server.query<{ id: string }>('SELECT id FROM invites WHERE revoked_at IS NOT NULL')
  t.deepEqual(server.query("SELECT details FROM audit_events WHERE event = 'invite.revoked'"), [
    { details: JSON.stringify({ invite: id }) },
  ])
})
