import type { Answer } from '../endpoint.ts'
import type { ErrorCode } from '../errors.ts'
import type { Route } from '../route.ts'
import { describeCodes, errorContent, statusOf } from './error-responses.ts'
import { errorsOf } from './operation-errors.ts'
import type { JsonSchema, SchemaComponents } from './schema-components.ts'

const header = (name: string) => ({ $ref: `#/components/headers/${name}` })

/** The headers that answers carry. */
export const responseHeaders = {
  'X-Request-Id': { description: 'Names the request.', required: true, schema: { type: 'string', format: 'uuid' } },
  'RateLimit-Policy': {
    description: 'The limit by address (draft-ietf-httpapi-ratelimit-headers-08); absent where none applies.',
    schema: { type: 'string' },
  },
  RateLimit: { description: 'What is left of the limit, and when it begins anew.', schema: { type: 'string' } },
  'WWW-Authenticate': {
    description: 'The challenge (RFC 6750, section 3).',
    required: true,
    schema: { type: 'string', pattern: '^Bearer ' },
  },
  'Retry-After': {
    description: 'Seconds to wait (RFC 9110, section 10.2.3).',
    required: true,
    schema: { type: 'integer', minimum: 1 },
  },
}

/** The responses of a route by status: its success, and each of its errors. */
export function responsesOf(route: Route, components: SchemaComponents): JsonSchema {
  const { answer } = route[5].operation
  const limitHeaders =
    route[2] === 'none' ? {} : { 'RateLimit-Policy': header('RateLimit-Policy'), RateLimit: header('RateLimit') }
  const headers = { 'X-Request-Id': header('X-Request-Id'), ...limitHeaders }
  const responses: Record<string, JsonSchema> = {
    [answer.status]: { description: answer.description, headers, ...contentOf(answer, components) },
  }
  for (const [status, codes] of groupByStatus(errorsOf(route))) {
    const other = answer.otherStatuses?.[status]
    responses[status] = {
      description: other ?? describeCodes(codes),
      headers: { ...headers, ...(other === undefined && errorHeaders(status)) },
      content: { ...(other !== undefined && contentOf(answer, components).content), ...errorContent(codes) },
    }
  }
  return responses
}

function contentOf(answer: Answer, components: SchemaComponents): { content?: JsonSchema } {
  if (answer.schema === undefined) return {}
  const schema = components.toJsonSchema(answer.schema)
  const example = components.exampleOf(schema)
  const content = { schema, ...(example !== undefined && { example }) }
  const mediaTypes = answer.mediaTypes ?? ['application/json']
  return { content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, content])) }
}

function errorHeaders(status: number): JsonSchema {
  if (status === 401) return { 'WWW-Authenticate': header('WWW-Authenticate') }
  return status === 429 || status === 503 ? { 'Retry-After': header('Retry-After') } : {}
}

function groupByStatus(codes: readonly ErrorCode[]): [number, ErrorCode[]][] {
  const groups = new Map<number, ErrorCode[]>()
  for (const code of codes) groups.set(statusOf(code), [...(groups.get(statusOf(code)) ?? []), code])
  return [...groups].sort(([one], [other]) => one - other)
}
