import test from 'ava'
import { routes } from '../../server/routes.ts'
import { addPerson } from '../helpers/add-person.ts'
import { Chance } from '../helpers/chance.ts'
import { outcomeOf } from '../helpers/outcomes.ts'
import { assertProblem, goodPassword } from '../helpers/people.ts'
import { bodyRoutes } from '../helpers/requests-with-bodies.ts'
import type { RequestOptions } from '../helpers/send.ts'
import { startServer } from '../helpers/start-server.ts'

const fields = ['email', 'password', 'username', 'displayName', 'inviteCode', 'avatarUrl', 'code', 'token', '__proto__']
const texts = ['', ' ', 'alice', 'alice@example.com', goodPassword, 'ABC123', '\ud800', '\0', '💥'.repeat(40), '%s%n']
const things: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  [],
  {},
  [[[]]],
  { toString: null },
  'https://example.com/a.png',
  'http://[',
]
const segments = [
  'me',
  '%ff',
  '%00',
  '..%2f',
  '0190e6f0-0000-7000-8000-000000000000',
  'x'.repeat(300),
  "'--",
  '%F0%9F%98%80',
]
const methods = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS']

const oddHeaders: readonly (readonly [string, string])[] = [
  ['authorization', 'Bearer'],
  ['authorization', `Bearer ${'a'.repeat(4000)}`],
  ['authorization', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
  ['authorization', 'Bearer e30.e30.e30'],
  ['authorization', 'Bearer ..'],
  ['authorization', 'Basic \xff\xfe'],
  ['content-type', 'application/json; charset='],
  ['content-type', 'application/json; charset="utf-8'],
  ['content-type', ';;;'],
  ['content-type', 'text/plain;charset=UTF-8'],
  ['content-encoding', 'gzip'],
  ['content-encoding', 'identity'],
  ['idempotency-key', 'a'.repeat(256)],
  ['idempotency-key', '\xe9'],
  ['idempotency-key', 'key1'],
  ['guestlist-connection', 'tab-1'],
  ['guestlist-connection', ''],
  ['x-forwarded-for', '1.2.3.4, garbage, ::1%eth0'],
  ['x-http-method-override', 'DELETE'],
  ['user-agent', '\xff'.repeat(2000)],
  ['origin', 'null'],
  ['origin', 'http://[::1'],
  ['accept', 'application/xml'],
  ['range', 'bytes=0-0'],
  ['if-none-match', '*'],
  ['cookie', '__Host-a=b; ; =; c'],
]

const someValue = (chance: Chance): unknown => chance.oneOf(chance.once(2) ? texts : things)

/** Often nearly right for the path, so that it comes far; the bodies that are right make nothing. */
function someBody(chance: Chance, path: string): string {
  if (chance.once(8)) return chance.oneOf(['', '{', 'null', '[]', '"text"', '{"a":'.repeat(500), '\ufeff{}', '1e999'])
  const good = bodyRoutes.find((route) => route.path === path)?.body ?? {}
  const members = Object.entries(good).map(([field, value]) => [field, chance.once(3) ? someValue(chance) : value])
  if (chance.once(6)) members.push([chance.oneOf(fields), someValue(chance)])
  return `{${members.map(([field, value]) => `${JSON.stringify(field)}:${JSON.stringify(value)}`).join(',')}}`
}

function somePath(chance: Chance, route: string): string {
  const path = route.replace(/:\w+/, () => chance.oneOf(segments))
  if (chance.once(12)) return `${path}${chance.oneOf(['/', '//', '?a[]=1', '?%', ';v=1', '/../me', '%2f'])}`
  return path
}

for (const seed of [1, 2]) {
  test(`whatever comes in (seed ${seed}), the answer is one of the contract and never a fault of ours`, async (t) => {
    const chance = new Chance(seed)
    const server = await startServer(t, { settings: { MAX_BOTS: '0' } })
    const { token } = await addPerson(server)
    // From here on the account cannot be deleted by chance: its sign-in is not recent.
    server.clock.advance(11 * 60_000)
    const seen = new Set<string>()
    for (let count = 0; count < 200; count += 1) {
      const route = chance.oneOf(routes.filter(([, path]) => path !== '/api/auth/logout'))
      const method = chance.once(6) ? chance.oneOf(methods) : route[0]
      const path = somePath(chance, route[1])
      const headers = Object.fromEntries(oddHeaders.filter(() => chance.once(25)))
      const options: RequestOptions = {
        headers,
        ...(chance.once(2) && headers.authorization === undefined ? { token } : {}),
        ...(method === 'GET' ? {} : { body: someBody(chance, route[1]) }),
      }
      const answer = await server.request(method, path, options)
      t.true(answer.status < 500, `${method} ${path} ${JSON.stringify(options)}`)
      if (answer.status >= 400) assertProblem(t, answer, answer.status, answer.body?.code)
      seen.add(outcomeOf(answer))
    }
    t.true(seen.size >= 12, `the requests differ: ${[...seen].join(', ')}`)
    t.is((await server.request('GET', '/readyz')).status, 200)
    t.is(server.query('SELECT id FROM users').length, 1)
    t.notRegex(server.log(), /"level":[56]0/)
    t.false(server.log().includes(token))
  })
}
