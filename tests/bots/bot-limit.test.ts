import test from 'ava'
import { createBot } from '../../server/bots/create-bot.ts'
import { allOf, outcomeOf } from '../helpers/outcomes.ts'
import { askForBot, createOwnBot, deleteOwnBot, listOwnBots } from '../helpers/own-bots.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const countBots = (server: TestServer): number => server.query('SELECT id FROM users WHERE is_bot = 1').length

test('of 20 requests at once, exactly as many make a bot as MAX_BOTS allows', async (t) => {
  const server = await startServer(t, { settings: { MAX_BOTS: '5' } })
  const { token } = await registerPerson(server)
  const names = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`helper${index}`, '']))
  const answers = await Promise.all(Object.keys(names).map((username) => askForBot(server, token, { username })))
  const outcomes = answers.map(outcomeOf).sort()
  const refused = Object.values(allOf(names, '409 bot_limit_reached')).slice(5)
  t.deepEqual(outcomes, ['201', '201', '201', '201', '201', ...refused])
  t.is(countBots(server), 5)
  t.is(server.query('SELECT user_id FROM bot_tokens').length, 5)
})

test('two servers on one data file do not make more together either', async (t) => {
  const server = await startServer(t, { settings: { MAX_BOTS: '3' } })
  const beside = await startServer(t, { settings: { MAX_BOTS: '3' }, file: server.file, clock: server.clock })
  const { token } = await registerPerson(server)
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      askForBot(index % 2 === 0 ? server : beside, token, { username: `helper${index}` }),
    ),
  )
  t.is(answers.filter(({ status }) => status === 201).length, 3, answers.map(outcomeOf).join())
  t.is(countBots(server), 3)
})

test('a bot that is deleted makes room, and those of others take none', async (t) => {
  const server = await startServer(t, { settings: { MAX_BOTS: '1' } })
  const { token } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const { bot } = await createOwnBot(server, token)
  assertProblem(t, await askForBot(server, token, { username: 'second' }), 409, 'bot_limit_reached')
  await createOwnBot(server, bob.token, { username: 'other' })
  await deleteOwnBot(server, token, bot.id)
  await createOwnBot(server, token, { username: 'second' })
  t.is((await listOwnBots(server, token)).body.length, 1)
})

test('a bot that the operator made for a person counts, and one without an owner does not', async (t) => {
  const server = await startServer(t, { settings: { MAX_BOTS: '1' } })
  const { token } = await registerPerson(server)
  const bob = await registerPerson(server, 'bob')
  const { deps } = server.auth
  await deps.db.transaction().execute(async (trx) => {
    await createBot(trx, deps, { username: 'free' })
    await createBot(trx, deps, { username: 'given', ownerId: bob.user.id })
  })
  await createOwnBot(server, token)
  assertProblem(t, await askForBot(server, bob.token, { username: 'second' }), 409, 'bot_limit_reached')
})

test('with MAX_BOTS=0 people make no bots', async (t) => {
  const server = await startServer(t, { settings: { MAX_BOTS: '0' } })
  const { token } = await registerPerson(server)
  const answer = await askForBot(server, token, { username: 'helper' })
  assertProblem(t, answer, 409, 'bot_limit_reached')
  t.is(answer.body.detail, 'On this server people make no bots.')
  t.is(countBots(server), 0)
})

test('bots are made no faster than accounts are registered, and read as fast as anything', async (t) => {
  const overrides = { rateLimitFactor: 2 / 10 }
  const server = await startServer(t, { settings: { RATE_LIMITS: 'on' }, overrides })
  const { token } = await registerPerson(server)
  await createOwnBot(server, token)
  assertProblem(t, await askForBot(server, token, { username: 'second' }), 429, 'rate_limited')
  t.is((await listOwnBots(server, token)).body.length, 1)
})
