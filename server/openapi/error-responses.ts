import * as z from 'zod'
import { type ErrorCode, errorTable } from '../errors.ts'
import type { JsonSchema } from './schema-components.ts'

const codes = Object.keys(errorTable) as ErrorCode[]

/** Problem details (RFC 9457) as every error of this server has them. */
export const Problem = z
  .strictObject({
    type: z.string().meta({ format: 'uri', examples: ['urn:problem-type:guestlist:not_found'] }),
    title: z.string().meta({ examples: ['Not found'] }),
    status: z
      .int()
      .min(400)
      .max(599)
      .meta({ examples: [404] }),
    detail: z.string().meta({
      description: 'What to do next.',
      examples: ['There is nothing here under this address or id.'],
    }),
    code: z.enum(codes).meta({ description: 'Stable: decide by it.', examples: ['not_found'] }),
    requestId: z.string().meta({
      description: 'Names the request, as `X-Request-Id` does; the log has it too.',
      examples: ['019363a5-7c00-7b3e-9d2f-4b1f0c8e6a57'],
    }),
    errors: z
      .array(
        z.strictObject({
          path: z.string().meta({ description: 'The name of a field or a header, or "" for the whole body.' }),
          message: z.string(),
        }),
      )
      .optional()
      .meta({ examples: [[{ path: 'email', message: 'Must be an email address like alice@example.com' }]] }),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' })

const problemReference = { $ref: '#/components/schemas/Problem' }

/** What a response of one status says of its errors: which codes there are, with an example of each. */
export function errorContent(ofStatus: readonly ErrorCode[]): JsonSchema {
  return {
    'application/problem+json': {
      schema: { allOf: [problemReference, { type: 'object', properties: { code: { enum: ofStatus } } }] },
      examples: Object.fromEntries(ofStatus.map((code) => [code, { value: exampleProblem(code) }])),
    },
  }
}

function exampleProblem(code: ErrorCode) {
  const [status, title, detail] = errorTable[code]
  const type = `urn:problem-type:guestlist:${code}`
  const requestId = '019363a5-7c00-7b3e-9d2f-4b1f0c8e6a57'
  const errors = { errors: [{ path: 'displayName', message: 'Must have at least one visible character' }] }
  return { type, title, status, detail, code, requestId, ...(code === 'validation_failed' && errors) }
}

export const statusOf = (code: ErrorCode): number => errorTable[code][0]

/** For people: `code`: title, of each. */
export const describeCodes = (ofStatus: readonly ErrorCode[]): string =>
  ofStatus.map((code) => `\`${code}\``).join(', ')

/** A table of all codes, for the introduction. */
export const tableOfCodes = (): string =>
  [
    '| status | code | what to do |',
    '| --- | --- | --- |',
    ...codes.map((code) => `| ${statusOf(code)} | \`${code}\` | ${errorTable[code][2].replaceAll('<', '&lt;')} |`),
  ].join('\n')
