import test, { type ExecutionContext } from 'ava'
import { Chance } from '../helpers/chance.ts'
import { registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'
import { generationOf, getMe, refresh, sessionRow } from '../helpers/tokens.ts'

const second = 1000
const gaps = [0, second, 29_999, 30 * second, 31 * second, 10 * 60 * second, 16 * 60 * second, 24 * 3600 * second]

/** Refreshes once or twice at the same time; of the answers some are lost, and the newest that arrives is kept. */
async function refreshSome(
  t: ExecutionContext,
  server: TestServer,
  token: string,
  isLost: () => boolean,
  times: number,
) {
  const answers = await Promise.all(Array.from({ length: times }, () => refresh(server, token)))
  const tokens = answers.map(({ status, text, body }) => {
    t.is(status, 200, text)
    t.true(Number(generationOf(body.token)) > Number(generationOf(token)))
    return String(body.token)
  })
  return tokens.filter(() => !isLost()).at(-1) ?? token
}

for (const seed of [1, 2, 3]) {
  test(`who loses answers at random, and always presents the newest token, is never signed out (${seed})`, async (t) => {
    const chance = new Chance(seed)
    let server = await startServer(t)
    let { token } = await registerPerson(server)
    for (let step = 0; step < 80; step += 1) {
      server.clock.advance(chance.oneOf(gaps))
      if (chance.once(40)) {
        await server.stop()
        server = await startServer(t, { file: server.file, clock: server.clock })
      }
      if (chance.once(3)) {
        const { status, body } = await getMe(server, token)
        t.true(status === 200 || body.code === 'token_expired')
      } else {
        token = await refreshSome(t, server, token, () => chance.once(2), chance.oneOf([1, 1, 2, 3]))
      }
    }
    t.is(sessionRow(server, token).ended_at, null)
    t.deepEqual(server.query("SELECT id FROM audit_events WHERE event = 'session.token_reused'"), [])
  })
}
