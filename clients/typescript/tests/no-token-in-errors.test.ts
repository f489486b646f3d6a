import { inspect } from 'node:util'
import test from 'ava'
import { GuestlistClient } from '../src/index.ts'
import { problem } from './helpers/answers.ts'
import { rejection } from './helpers/rejection.ts'
import { type Answer, startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

const token = makeToken()
const answers: Record<string, Answer> = {
  refused: problem(401, 'token_invalid'),
  'hung up on': 'hang up',
  'answered with half a body': { status: 200, text: `{"token":"${token}` },
}

for (const [name, answer] of Object.entries(answers)) {
  test(`the error of a request that is ${name} shows no token, however deep one looks`, async (t) => {
    const server = await startTestServer(t, () => answer)
    const client = new GuestlistClient({ baseUrl: server.baseUrl, token })
    for (const request of [client.getMe(), client.refreshToken()]) {
      const shown = inspect(await rejection(t, request), { depth: Infinity, showHidden: true })
      t.false(shown.includes(token.slice(0, 20)))
      t.false(shown.includes(token.slice(-20)))
    }
  })
}

test('neither does the client when it is logged', (t) => {
  const client = new GuestlistClient({ baseUrl: 'http://localhost:3000', token })
  t.false(inspect(client, { depth: Infinity, showHidden: true }).includes(token))
  t.is(JSON.stringify(client), '{}')
})

test('a token that no header can hold is refused without being repeated', (t) => {
  const error = t.throws(() => new GuestlistClient({ baseUrl: 'http://localhost:3000', token: 'se\ncret' }))
  t.true(error instanceof TypeError)
  t.false(error?.message.includes('cret'))
})
