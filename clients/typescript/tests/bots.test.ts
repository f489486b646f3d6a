import { inspect } from 'node:util'
import test from 'ava'
import { GuestlistClient, memoryStorage } from '../src/index.ts'
import { alice, ok } from './helpers/answers.ts'
import { rejection } from './helpers/rejection.ts'
import { type Answer, startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const token = makeToken()
const secret = 'glb_0123456789abcdefghijklmnop'
const answered = { token: secret, bot: { ...alice, isBot: true } }

const calls = {
  createBot: (client: GuestlistClient) => client.createBot({ username: 'robot' }),
  rotateBotToken: (client: GuestlistClient) => client.rotateBotToken('1'),
}

for (const [name, call] of Object.entries(calls)) {
  test(`the token that ${name} answers does not become the client's own`, async (t) => {
    const server = await startTestServer(t, () => ({ status: name === 'createBot' ? 201 : 200, body: answered }))
    const storage = memoryStorage()
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token, storage })
    t.deepEqual(await call(client), answered)
    t.is(await storage.get(), token)
    await client.getMe()
    t.is(server.requests[1]?.token, token)
    t.false(inspect(client, { depth: Infinity, showHidden: true }).includes(secret))
  })

  test(`no error of ${name} shows the token, however deep one looks`, async (t) => {
    const text = JSON.stringify(answered)
    const answers: Answer[] = [
      { status: 201, text: text.slice(0, -1) },
      { status: 500, text },
      { status: 404, text: JSON.stringify({ ...answered, code: 7 }) },
    ]
    for (const answer of answers) {
      const server = await startTestServer(t, () => answer)
      const error = await rejection(t, call(new GuestlistClient({ baseUrl: server.baseUrl, token })))
      t.is(error.code, 'invalid_answer')
      t.false(inspect(error, { depth: Infinity, showHidden: true }).includes(secret.slice(4)))
    }
  })
}

test('a field of a bot that is left out is not sent', async (t) => {
  const server = await startTestServer(t, () => ok(answered))
  const client = new GuestlistClient({ baseUrl: server.baseUrl, token })
  await client.createBot({ username: 'robot', displayName: undefined, expiresAt: null })
  t.is(server.requests[0]?.body, '{"username":"robot","expiresAt":null}')
})
