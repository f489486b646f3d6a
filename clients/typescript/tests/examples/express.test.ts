import test from 'ava'
import { startProcess } from '../../../../tests/helpers/processes.ts'
import { startGuestlist } from '../../src/testing/index.ts'
import { claims, makeKey, signWith } from '../helpers/issuer.ts'

const folder = new URL('../../examples/express/', import.meta.url)

async function startApplication(t: Parameters<typeof startProcess>[0]) {
  const guestlist = await startGuestlist()
  t.teardown(guestlist.stop)
  const settings = { GUESTLIST_URL: guestlist.url, PORT: '0' }
  const running = startProcess(t, process.execPath, [new URL('app.ts', folder).pathname], settings)
  const [, url = ''] = await running.waitFor(/Messages at (\S+)/)
  const ask = async (token: string | undefined, body?: object) => {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' }
    if (token !== undefined) headers.Authorization = `Bearer ${token}`
    const write = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(url, { headers, ...write })
    return { status: response.status, body: await response.json() }
  }
  return { guestlist, ask }
}

test('the example lets people of the server write and read, under their own id', async (t) => {
  const { guestlist, ask } = await startApplication(t)
  const [alice, bob] = [await guestlist.loginAs('alice'), await guestlist.loginAs('bob')]
  const message = { userId: alice.user.id, text: 'Hello' }
  t.deepEqual(await ask(alice.token, { text: 'Hello', userId: bob.user.id }), { status: 201, body: message })
  t.deepEqual(await ask(bob.token), { status: 200, body: [message] })
  t.is((await ask(alice.token, { text: 7 })).status, 422)
})

test('the example refuses whoever brings no token or a forged one, and keeps nothing of theirs', async (t) => {
  const { guestlist, ask } = await startApplication(t)
  const { token, user } = await guestlist.loginAs('alice')
  const now = Math.floor(Date.now() / 1000)
  const kid = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
  const dates = { iat: now, nbf: now, exp: now + 900 }
  const forged = signWith(makeKey(kid), claims({ iss: guestlist.issuer, sub: user.id, ...dates }))
  for (const [bad, code] of [
    [undefined, 'token_missing'],
    ['forged', 'token_invalid'],
    [forged, 'token_invalid'],
  ] as const) {
    const { status, body } = await ask(bad, { text: 'Hello' })
    t.is(status, 401)
    t.is(body.code, code)
  }
  t.deepEqual((await ask(token)).body, [])
})
