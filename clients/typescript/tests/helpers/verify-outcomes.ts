import { KeysUnavailableError, TokenError, type Verifier } from '../../src/verify/index.ts'

/** What each token meets: the code of its refusal, or `accepted`. */
export async function outcomesOf(verifier: Verifier, tokens: Record<string, string>): Promise<Record<string, string>> {
  const outcomes = Object.entries(tokens).map(async ([name, token]) => [name, await outcomeOf(verifier, token)])
  return Object.fromEntries(await Promise.all(outcomes))
}

export async function outcomeOf(verifier: Verifier, token: string | null | undefined): Promise<string> {
  try {
    await verifier.verify(token)
    return 'accepted'
  } catch (error) {
    if (error instanceof TokenError || error instanceof KeysUnavailableError) return error.code
    throw error
  }
}

/** Every one of them with the same outcome. */
export const allOf = (tokens: Record<string, string>, outcome: string): Record<string, string> =>
  Object.fromEntries(Object.keys(tokens).map((name) => [name, outcome]))
