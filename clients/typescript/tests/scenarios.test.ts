import { readFileSync } from 'node:fs'
import test from 'ava'
import { GuestlistClient, GuestlistError } from '../src/index.ts'
import { startGuestlist, type TestGuestlist } from '../src/testing/index.ts'

type Shape = string | readonly Shape[] | { readonly [field: string]: Shape }

interface Scenario {
  readonly name: string
  readonly as: 'alice' | 'newcomer' | 'nobody' | 'forged' | 'signed out'
  readonly advanceSeconds?: number
  readonly operation: string
  readonly positional?: readonly string[]
  readonly input?: object
  readonly requests: readonly string[]
  readonly code?: string
  readonly shape?: Shape
}

const file = new URL('../../contract/scenarios.json', import.meta.url)
const { scenarios }: { scenarios: Scenario[] } = JSON.parse(readFileSync(file, 'utf8'))

let guests = 0
const password = 'secure-password'

async function useUp(guestlist: TestGuestlist): Promise<string> {
  const inviteCode = await guestlist.mintInvite()
  guests += 1
  const username = `guest${guests}`
  const guest = new GuestlistClient({ baseUrl: guestlist.url })
  await guest.register({ email: `${username}@example.com`, username, password, inviteCode })
  return inviteCode
}

/** The scenario with its placeholders filled in. */
async function fillIn(scenario: Scenario, name: string, guestlist: TestGuestlist): Promise<Scenario> {
  let text = JSON.stringify(scenario).replaceAll('{name}', name)
  const values: Record<string, () => Promise<string>> = {
    '{invite}': () => guestlist.mintInvite(),
    '{used-up invite}': () => useUp(guestlist),
    '{bob}': async () => (await guestlist.loginAs('bob')).user.id,
    '{password}': async () => (await guestlist.loginAs('alice')).password,
  }
  for (const [placeholder, value] of Object.entries(values)) {
    if (text.includes(placeholder)) text = text.replaceAll(placeholder, await value())
  }
  return JSON.parse(text)
}

async function getToken(who: Scenario['as'], name: string, guestlist: TestGuestlist): Promise<string | undefined> {
  const { token, client } = await guestlist.loginAs('alice')
  if (who === 'newcomer') return (await guestlist.loginAs(name)).token
  if (who === 'nobody') return undefined
  if (who === 'signed out') await client.logout()
  const [head, claims, signature = ''] = token.split('.')
  return who === 'forged' ? `${head}.${claims}.${[...signature].reverse().join('')}` : token
}

function matches(value: unknown, shape: Shape): boolean {
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return false
    return shape.length === 0 ? value.length === 0 : value.every((item) => matches(item, shape[0]))
  }
  if (typeof shape === 'object') {
    if (typeof value !== 'object' || value === null) return false
    const fields = Object.entries(shape)
    const isComplete = Object.keys(value).sort().join() === Object.keys(shape).sort().join()
    return isComplete && fields.every(([field, type]) => matches((value as Record<string, unknown>)[field], type))
  }
  if (shape.endsWith(' or null')) return value === null || matches(value, shape.replace(' or null', ''))
  if (shape === 'nothing') return value === undefined
  if (shape === 'uuid') return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(value))
  if (shape === 'time') return typeof value === 'string' && new Date(value).toISOString() === value
  if (shape === 'token') return typeof value === 'string' && value.split('.').length === 3
  return ['string', 'number', 'boolean'].includes(shape) && typeof value === shape
}

const guestlistOfAll = startGuestlist()
test.after.always(async () => (await guestlistOfAll).stop())

for (const scenario of scenarios) {
  test.serial(scenario.name, async (t) => {
    const guestlist = await guestlistOfAll
    guests += 1
    const name = `guest${guests}`
    const {
      as,
      advanceSeconds = 0,
      operation,
      positional,
      input,
      requests,
      code,
      shape,
    } = await fillIn(scenario, name, guestlist)
    const seen: string[] = []
    const client = new GuestlistClient({
      baseUrl: guestlist.url,
      token: await getToken(as, name, guestlist),
      fetch: async (url, init) => {
        const response = await fetch(url, init)
        seen.push(`${init.method ?? 'GET'} ${new URL(url).pathname} ${response.status}`)
        return response
      },
    })
    await guestlist.clock.advance(advanceSeconds * 1000)
    const call = (client as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>)[operation]
    if (call === undefined) return t.fail(`there is no operation ${operation}`)
    const given = [...(positional ?? []), ...(input === undefined ? [] : [input])]
    if (code === undefined) {
      const answer = await call.apply(client, given)
      t.true(matches(answer, shape ?? 'nothing'), JSON.stringify(answer))
    } else {
      const error = await t.throwsAsync(call.apply(client, given), { instanceOf: GuestlistError })
      t.like(error, { code, status: Number(requests.at(-1)?.split(' ').at(-1)) })
    }
    t.deepEqual(seen, requests)
  })
}

test('a shape is told from others', (t) => {
  const shape = { id: 'uuid', name: 'string or null', isBot: 'boolean', list: ['number'] }
  const fine = { id: '019363a5-7c00-7b3e-9d2f-4b1f0c8e6a57', name: null, isBot: true, list: [1] }
  t.true(matches(fine, shape))
  for (const change of [{ name: 1 }, { isBot: 1 }, { list: ['1'] }, { list: [true] }, { more: 1 }, { id: 'x' }]) {
    t.false(matches({ ...fine, ...change }, shape))
  }
})
