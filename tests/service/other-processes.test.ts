import test from 'ava'
import { mintInvites } from '../../server/invites/mint-invites.ts'
import { runCommand, seedJson } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { openStream } from '../helpers/event-streams.ts'
import { assertProblem, logIn, registerPerson, registration } from '../helpers/people.ts'
import { startServerProcess } from '../helpers/processes.ts'
import { startServer } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

test("an operator's disabling stops a known token, an open stream and a bot within a second, and nobody else's", async (t) => {
  const file = newDataFile(t)
  const server = await startServerProcess(t, file)
  const [invite] = await seedJson(t, file, ['--uses', '2'])
  const register = async (username: string) => {
    const body = registration({ username, email: `${username}@example.com`, inviteCode: invite?.code })
    return (await server.request('POST', '/api/auth/register', { body })).body
  }
  const alice = await register('alice')
  const bob = await register('bob')
  const made = await runCommand(t, file, ['bots', 'create', 'helper', '--owner', 'alice', '--json'])
  const bot = JSON.parse(made.stdout)
  const me = (token: string) => server.request('GET', '/api/auth/me', { token })
  const tokens = [alice.token, bot.token]
  for (const token of [...tokens, bob.token]) t.is((await me(token)).status, 200)
  const watched = await openStream(t, server, bob.token)
  const streams = [await openStream(t, server, alice.token), await openStream(t, server, bot.token)]
  for (const stream of streams) await stream.take(1)
  await runCommand(t, file, ['users', 'disable', 'alice'])
  const disabledAt = performance.now()
  const refused = async (token: string): Promise<void> => {
    while ((await me(token)).status !== 401) t.true(performance.now() - disabledAt < 1000)
    assertProblem(t, await me(token), 401, 'session_ended')
  }
  await Promise.all([...tokens.map(refused), ...streams.map(({ ended }) => ended)])
  t.true(performance.now() - disabledAt < 1000)
  t.is((await me(bob.token)).status, 200)
  while (watched.events().filter(({ event }) => event === 'offline').length < 2) {
    t.true(performance.now() - disabledAt < 1000, 'both are seen to go')
    await new Promise((resolve) => setImmediate(resolve))
  }
  const gone = watched.events().filter(({ event }) => event === 'offline')
  t.deepEqual(gone.map(({ data }) => data.userId).sort(), [alice.user.id, bot.user.id].sort())
})

test('whoever still has a way in stays online when another process has written about them', async (t) => {
  const server = await startServer(t)
  const other = await startServer(t, { file: server.file, clock: server.clock })
  const { token, user } = await registerPerson(server)
  await getMe(server, token)
  t.is((await logIn(other)).status, 200)
  await other.auth.deps.db.transaction().execute(async (trx) => {
    await mintInvites(trx, other.auth.deps, { count: 1, maxUses: 1, expiresAt: undefined, customCode: undefined })
  })
  await server.auth.beat()
  t.true(server.auth.deps.presence.isOnline(user.id))
  t.is((await getMe(server, token)).status, 200)
})

test('streams that take long to confirm hold up neither the next notice nor what it ends', async (t) => {
  const server = await startServer(t)
  const other = await startServer(t, { file: server.file, clock: server.clock })
  const { token } = await registerPerson(server)
  await getMe(server, token)
  const { presenceStreams } = server.auth.deps
  const held = Promise.withResolvers<void>()
  const confirmAll = presenceStreams.confirmAll.bind(presenceStreams)
  presenceStreams.confirmAll = () => held.promise.then(confirmAll)
  await registerPerson(other, 'bob')
  await server.auth.beat()
  const following = server.auth.followUp()
  await other.request('POST', '/api/auth/logout', { token })
  await server.auth.beat()
  assertProblem(t, await getMe(server, token), 401, 'session_ended')
  held.resolve()
  await following
})
