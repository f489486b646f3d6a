import type { RequestHandler } from 'express'
import type * as z from 'zod'
import type { Deps } from './deps.ts'
import type { ErrorCode } from './errors.ts'

/** What operations are grouped by, in the order of the alphabet. */
export const tags = {
  Accounts: 'Who people are: registering, signing in, profiles.',
  Bots: 'Accounts of programs, which belong to people.',
  Invites: 'What lets people in.',
  'OAuth accounts': 'Signing in through other services, and the accounts there that are linked to one here.',
  Presence: 'Who is online.',
  Service: 'What applications, operators and developers ask of the server itself.',
  Sessions: 'What a sign-in opens: refreshing its token, and its end.',
}

/** What the OpenAPI document says of an operation; its route tells the rest. */
export interface Operation {
  /** The name that the clients call it by, in camel case. */
  readonly id: string
  readonly tag: keyof typeof tags
  readonly summary: string
  readonly description?: string
  /** The schema that `parseBody` is called with. */
  readonly body?: z.ZodType
  /** Where the body may be left out, and which media types it may come in. */
  readonly optionalBody?: { readonly mediaTypes: readonly string[] }
  /** Of the path; of the query, with the schema that `parseQuery` is called with; and headers that may be sent. */
  readonly parameters?: Readonly<Record<string, z.ZodType>>
  readonly query?: z.ZodObject
  readonly headers?: Readonly<Record<string, z.ZodType>>
  readonly answer: Answer
  /** Where a token is needed in some cases only, and the endpoint reads it itself. */
  readonly optionalToken?: true
  /** Its own errors; those that come with a token, a body or a limit are told by the route. */
  readonly errors?: readonly ErrorCode[]
}

export interface Answer {
  readonly status: 200 | 201 | 204 | 303
  readonly description: string
  /** What is answered, unless the status is 204. */
  readonly schema?: z.ZodType
  /** `application/json` unless it is another. */
  readonly mediaTypes?: readonly string[]
  /** Other statuses than success and errors, in which the same schema is answered. */
  readonly otherStatuses?: Readonly<Record<number, string>>
}

// biome-ignore lint/suspicious/noExplicitAny: each endpoint types the parameters of its own path
type Handle<Parameters = any> = (deps: Deps) => RequestHandler<Parameters>

/** An operation of the API: what it is, and what does it. */
export interface Endpoint {
  readonly operation: Operation
  readonly handle: Handle
}

export function endpoint<Parameters = Record<string, string>>(
  operation: Operation,
  handle: Handle<Parameters>,
): Endpoint {
  return { operation, handle }
}
