import test from 'ava'
import { GuestlistClient, type UpdateProfileInput } from '../src/index.ts'
import { alice, ok } from './helpers/answers.ts'
import { startTestServer } from './helpers/test-server.ts'

const cases: [rule: string, input: UpdateProfileInput, sent: string][] = [
  ['only the given fields', { displayName: 'A' }, '{"displayName":"A"}'],
  ['null', { avatarUrl: null }, '{"avatarUrl":null}'],
  ['no field that is undefined', { displayName: undefined, avatarUrl: null }, '{"avatarUrl":null}'],
  ['an empty body for no field', {}, '{}'],
  ['an unknown field, for the server to refuse', { colour: 'red' } as UpdateProfileInput, '{"colour":"red"}'],
]

for (const [rule, input, sent] of cases) {
  test(`updateProfile sends ${rule}`, async (t) => {
    const server = await startTestServer(t, () => ok(alice))
    t.deepEqual(await new GuestlistClient({ baseUrl: server.baseUrl }).updateProfile(input), alice)
    t.is(server.requests[0]?.body, sent)
  })
}
