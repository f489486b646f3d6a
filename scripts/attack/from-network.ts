import type { Person } from '../prove/requests.ts'
import type { Answer } from '../prove/send.ts'
import type { TrialServer } from '../prove/trial.ts'

/** The headers of a request from a network of its own: below 50,000 each number is another /16. */
export const fromNetwork = (number: number): Readonly<Record<string, string>> => ({
  'x-forwarded-for': `${20 + (number >> 8)}.${number & 255}.1.1`,
})

export const logInFrom = async (
  server: TrialServer,
  network: number,
  { email, password }: Pick<Person, 'email' | 'password'>,
): Promise<Answer> =>
  await server.request('POST', '/api/auth/login', { body: { email, password }, headers: fromNetwork(network) })
