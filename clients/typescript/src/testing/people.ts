import type { SignInResult } from '../answers.ts'
import { GuestlistClient } from '../guestlist-client.ts'
import type { TestPerson } from './test-guestlist.ts'

// Long enough for the highest PASSWORD_MIN_LENGTH.
const password = 'a password that only the tests of an application use, and no person does'

/** Signs people in by name: registers them by a fresh invite the first time, and knows them ever after. */
export function createLogin(baseUrl: string, mintInvite: () => Promise<string>) {
  const registrations = new Map<string, Promise<SignInResult>>()

  return async (username: string): Promise<TestPerson> => {
    const name = username.toLowerCase()
    const credentials = { email: `${name}@example.com`, password }
    const client = new GuestlistClient({ baseUrl })
    const known = registrations.get(name)
    if (known !== undefined) {
      await known
      return { client, ...(await client.login(credentials)), ...credentials }
    }
    const registration = mintInvite().then((inviteCode) => client.register({ ...credentials, username, inviteCode }))
    registrations.set(name, registration)
    registration.catch(() => registrations.delete(name))
    return { client, ...(await registration), ...credentials }
  }
}
