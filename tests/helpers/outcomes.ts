import type { ExecutionContext } from 'ava'
import { assertProblem } from './people.ts'
import type { Answer } from './send.ts'

/**
 * Sends one request for each entry, one after the other: what came back for each, like "422 validation_failed" or
 * "204". Whatever is an error must have an error's form.
 */
export async function outcomesOf<T>(
  t: ExecutionContext,
  entries: Readonly<Record<string, T>>,
  send: (entry: T) => Promise<Answer>,
): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {}
  for (const [name, entry] of Object.entries(entries)) {
    const answer = await send(entry)
    outcomes[name] = outcomeOf(answer)
    if (answer.status >= 400) assertProblem(t, answer, answer.status, answer.body?.code)
  }
  return outcomes
}

export const outcomeOf = ({ status, body }: Answer): string =>
  status >= 400 ? `${status} ${body?.code}` : String(status)

/** The same outcome for each entry. */
export const allOf = (entries: Readonly<Record<string, unknown>>, outcome: string): Record<string, string> =>
  Object.fromEntries(Object.keys(entries).map((name) => [name, outcome]))
