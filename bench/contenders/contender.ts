import type { BenchProcess } from '../bench-process.ts'
import type { Person, Step } from '../load/plan.ts'

/** What is measured beside one another. */
export type Operation = 'me' | 'user' | 'refresh' | 'login' | 'register'

/** A server under measurement, with the requests that it knows. */
export interface Contender {
  readonly name: string
  /** What it is set to, for the report. */
  readonly settings: string
  /** How it hashes passwords, for the report. */
  readonly hash?: string
  readonly process: BenchProcess
  readonly people: Person[]
  readonly requests: Readonly<Partial<Record<Operation, Step>>>
}

export const getStep = (path: string, headers: Step['headers'], expected: string): Step => ({
  method: 'GET',
  path,
  headers,
  status: 200,
  expected,
})

export const postStep = (
  path: string,
  headers: Step['headers'],
  body: unknown,
  answer: Pick<Step, 'status' | 'expected' | 'renewsToken'>,
): Step => ({
  method: 'POST',
  path,
  headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
  ...(body !== undefined && { body: JSON.stringify(body) }),
  ...answer,
})

/** The request of an operation that this contender has to know. */
export function stepOf({ name, requests }: Contender, operation: Operation): Step {
  const step = requests[operation]
  if (step === undefined) throw new Error(`${name} has no ${operation}`)
  return step
}
