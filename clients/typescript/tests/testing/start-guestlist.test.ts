import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { startProcess } from '../../../../tests/helpers/processes.ts'
import { GuestlistClient, GuestlistError, GuestlistNetworkError } from '../../src/index.ts'
import { type StartGuestlistOptions, startGuestlist } from '../../src/testing/index.ts'
import { createVerifier, TokenError } from '../../src/verify/index.ts'

const minute = 60_000

async function start(t: Parameters<typeof startProcess>[0], options?: StartGuestlistOptions) {
  const guestlist = await startGuestlist(options)
  t.teardown(guestlist.stop)
  return guestlist
}

test('a person is registered the first time and signed in ever after, each time with a client of their own', async (t) => {
  const { url, loginAs } = await start(t)
  const first = await loginAs('alice')
  t.like(first.user, { username: 'alice', displayName: 'alice' })
  t.deepEqual(await first.client.getMe(), first.user)
  t.deepEqual(await new GuestlistClient({ baseUrl: url, token: first.token }).getMe(), first.user)
  const again = await loginAs('Alice')
  t.deepEqual(again.user, first.user)
  t.not(again.token, first.token)
  await again.client.logout()
  t.deepEqual(await first.client.getMe(), first.user, 'the other sign-in is another session')
  const { email, password } = first
  t.deepEqual((await new GuestlistClient({ baseUrl: url }).login({ email, password })).user, first.user)
})

test('two people at once are two, and one person twice at once is one', async (t) => {
  const { loginAs } = await start(t)
  const [alice, bob, sameAlice] = await Promise.all([loginAs('alice'), loginAs('bob'), loginAs('alice')])
  t.deepEqual(alice.user, sameAlice.user)
  t.not(alice.user.id, bob.user.id)
  t.like(await alice.client.getUserProfile(bob.user.id), { username: 'bob' })
})

test('a name that the server refuses is told, and does not stand in the way of another try', async (t) => {
  const { loginAs } = await start(t)
  for (let count = 0; count < 2; count += 1) {
    const error = await t.throwsAsync(loginAs('admin'), { instanceOf: GuestlistError })
    t.is(error?.code, 'validation_failed')
  }
})

test('invites are minted as they are asked for', async (t) => {
  const { url, mintInvite } = await start(t)
  const client = new GuestlistClient({ baseUrl: url })
  t.is((await client.checkInvite(await mintInvite())).usesLeft, 1)
  t.is((await client.checkInvite(await mintInvite({ uses: 3 }))).usesLeft, 3)
  t.is(await mintInvite({ uses: null, code: 'ABC123' }), 'ABC123')
  t.is((await client.checkInvite('ABC123')).usesLeft, null)
  await t.throwsAsync(mintInvite({ code: 'abc-123' }), { message: /exists already/ })
  await t.throwsAsync(mintInvite({ uses: 0 }), { message: /did not follow/ })
})

test('the clock moves the server, and a verifier that is given it follows', async (t) => {
  const { issuer, audience, clock, loginAs } = await start(t)
  const { client, token, user } = await loginAs('alice')
  const verifier = createVerifier({ issuer, audience, clock })
  t.is((await verifier.verify(token)).userId, user.id)
  const before = clock.now()
  await clock.advance(16 * minute)
  const moved = clock.now() - before
  t.true(moved >= 16 * minute && moved < 17 * minute)
  await t.throwsAsync(verifier.verify(token), { instanceOf: TokenError, code: 'token_expired' })
  const refreshed = await client.refreshToken()
  t.is((await verifier.verify(refreshed.token)).userId, user.id)
  await t.throwsAsync(clock.advance(-1), { message: /did not follow/ })
  t.true(clock.now() - before < 17 * minute)
})

test('settings reach the server, and one that it cannot use is told', async (t) => {
  const settings = { AUDIENCE: 'chat', PASSWORD_MIN_LENGTH: '64', TOKEN_TTL: '1m' }
  const { url, audience, loginAs } = await start(t, { settings })
  t.is(audience, 'chat')
  t.is((await new GuestlistClient({ baseUrl: url }).getConfig()).password.minLength, 64)
  t.like((await loginAs('alice')).user, { username: 'alice' })
  await t.throwsAsync(startGuestlist({ settings: { TOKEN_TTL: 'soon' } }), {
    message: /has ended\. guestlist: TOKEN_TTL/,
  })
})

test('it stops with its block, and then answers nobody and follows no order', async (t) => {
  const stopped = await (async () => {
    await using guestlist = await startGuestlist()
    await guestlist.loginAs('alice')
    return guestlist
  })()
  const client = new GuestlistClient({ baseUrl: stopped.url, maxRetries: 0 })
  await t.throwsAsync(client.getConfig(), { instanceOf: GuestlistNetworkError })
  await t.throwsAsync(stopped.mintInvite(), { message: 'The server has ended.' })
  await t.notThrowsAsync(stopped.stop())
})

test('a folder that holds no server is told, and by what it was named', async (t) => {
  const folder = import.meta.dirname
  await t.throwsAsync(startGuestlist({ server: folder }), {
    message: /^The option server must be the folder of a .*testing/,
  })
})

const application = `
  import { startGuestlist } from '${new URL('../../src/testing/index.ts', import.meta.url)}'
  const { url, loginAs } = await startGuestlist()
  await loginAs('alice')
  console.log('at ' + url)
`

test('a killed test process leaves neither a server nor a file, and the application’s settings are its own', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'guestlist-application-'))
  // The npm that started the server may still be writing its compile cache there as it ends.
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }))
  const settings = { TMPDIR: folder, PORT: '1', DATABASE_URL: 'nowhere', AUDIENCE: '', npm_config_workspace: 'none' }
  const running = startProcess(t, process.execPath, ['--input-type=module', '--eval', application], settings)
  const [, url = ''] = await running.waitFor(/at (\S+)/)
  t.is((await fetch(`${url}/readyz`)).status, 200)
  t.is((await readdir(folder)).filter((name) => name.startsWith('guestlist-')).length, 1)
  running.child.kill('SIGKILL')
  await running.ended
  // The server ends by itself when its input does; asked until it has.
  while (
    await fetch(`${url}/readyz`).then(
      () => true,
      () => false,
    )
  )
    t.pass()
  while ((await readdir(folder)).some((name) => name.startsWith('guestlist-'))) t.pass()
})
