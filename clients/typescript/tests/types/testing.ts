// Checked by the compiler, never run: what must compile, and below each @ts-expect-error what must not.
import type { GuestlistClient, User } from '../../src/index.ts'
import { startGuestlist, type TestGuestlist, type TestPerson } from '../../src/testing/index.ts'
import { createVerifier } from '../../src/verify/index.ts'

export async function test(): Promise<unknown> {
  await using guestlist: TestGuestlist = await startGuestlist()
  await startGuestlist({ server: '../guestlist', settings: { TOKEN_TTL: '1m' } })
  // @ts-expect-error settings are texts, as in the environment
  await startGuestlist({ settings: { PORT: 3000 } })
  const { client, token, user, email, password }: TestPerson = await guestlist.loginAs('alice')
  const texts: string[] = [token, email, password, guestlist.url, guestlist.issuer, guestlist.audience]
  const kept: [GuestlistClient, User] = [client, user]
  const code: string = await guestlist.mintInvite({ uses: null, code: 'ABC123' })
  // @ts-expect-error there is no such field
  await guestlist.mintInvite({ maxUses: 2 })
  await guestlist.clock.advance(60_000)
  const stop: () => Promise<void> = guestlist.stop
  return [texts, kept, code, stop, createVerifier({ issuer: guestlist.issuer, clock: guestlist.clock })]
}
