/** One who makes requests: what the placeholders of steps stand for, like `{id}`. */
export type Person = Record<string, string>

/** A request as everybody makes it. */
export interface Step {
  readonly method: 'GET' | 'POST'
  /** Placeholders in braces are the person's values; `{number}` is another one with each request. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** The status that a right answer has. */
  readonly status: number
  /** What a right answer holds. */
  readonly expected: string
  /** Whether the answer's `token` is the person's from then on. */
  readonly renewsToken?: boolean
}

/** Requests that carry on from answers, or come at a rate, which wrk cannot make. */
export interface Plan {
  readonly url: string
  readonly step: Step
  /** In turn. */
  readonly people: readonly Person[]
  readonly connections: number
  readonly seconds: number
  /** Requests are sent at this rate, whether or not earlier ones were answered; without it, each connection sends when it was answered. */
  readonly perSecond?: number
  /** Whether each person asks once and the end is when all have, whatever the seconds. */
  readonly once?: boolean
  /** Where `{number}` begins. */
  readonly firstNumber?: number
}

export interface LoadResult {
  readonly requests: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Answers that are not right, and requests that failed. */
  readonly errors: number
}

export interface PlanResult extends LoadResult {
  readonly firstError?: string
  /** With the tokens that they have now. */
  readonly people: Person[]
}

export type Request = Pick<Step, 'path' | 'method' | 'headers' | 'body'>

export function fill({ path, method, headers, body }: Step, values: Person): Request {
  const fillText = (template: string): string => template.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all)
  const filled = Object.entries(headers).map(([name, value]) => [name, fillText(value)])
  return {
    path: fillText(path),
    method,
    headers: Object.fromEntries(filled),
    ...(body !== undefined && { body: fillText(body) }),
  }
}
