import { randomBytes } from 'node:crypto'
import type { Answer } from './send.ts'
import type { TrialServer } from './trial.ts'

export interface Person {
  readonly username: string
  readonly email: string
  readonly password: string
}

export const makePerson = (username: string): Person => ({
  username,
  email: `${username}@example.com`,
  password: randomBytes(15).toString('base64url'),
})

export const makePeople = (count: number, name = 'person'): Person[] =>
  Array.from({ length: count }, (_, index) => makePerson(`${name}-${index + 1}`))

export const register = async (
  server: TrialServer,
  person: Person,
  inviteCode: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> => await server.request('POST', '/api/auth/register', { body: { ...person, inviteCode }, headers })

export const logIn = async (server: TrialServer, { email, password }: Person): Promise<Answer> =>
  await server.request('POST', '/api/auth/login', { body: { email, password } })

export const getMe = async (server: TrialServer, token: string): Promise<Answer> =>
  await server.request('GET', '/api/auth/me', { token })

export const refresh = async (server: TrialServer, token: string): Promise<Answer> =>
  await server.request('POST', '/api/auth/refresh', { token })

export const logOut = async (server: TrialServer, token: string): Promise<Answer> =>
  await server.request('POST', '/api/auth/logout', { token })

/** The token of an answer that must have one, or else nothing after it can be tried. */
export async function tokenOf(answering: Promise<Answer>): Promise<string> {
  const { body, outcome } = await answering
  if (body.token === undefined) throw new Error(`a token was expected, the answer was ${outcome}`)
  return body.token
}

export const outcomesOf = (answers: readonly Answer[]): string[] => answers.map(({ outcome }) => outcome)

/** How often each outcome came, in the order of its name. */
export function countOutcomes(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomesOf(answers).sort()) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

export const repeat = async <T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  await Promise.all(Array.from({ length: times }, (_, index) => work(index)))
