import express, { type Request, type RequestHandler } from 'express'
import type * as z from 'zod'
import { AuthError, type FieldError } from '../errors.ts'

const bodyLimitBytes = 16 * 1024
const mostFieldErrors = 20

const readRaw = express.raw({ type: () => true, limit: bodyLimitBytes, inflate: false })
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads the body of a route that takes JSON (RFC 8259): only with the right media type, only in UTF-8. */
export const jsonBody: RequestHandler = async (request, _response, next) => {
  await readJsonBody(request, ['application/json'])
  next()
}

export async function readJsonBody(request: Request, mediaTypes: readonly string[]): Promise<void> {
  if (!isMediaTypeIn(request.headers['content-type'], mediaTypes)) throw new AuthError('unsupported_media_type')
  if (!/^(identity)?$/i.test(request.headers['content-encoding'] ?? '')) throw new AuthError('unsupported_media_type')
  // Refused by what it says of itself: body-parser would read it to its end first.
  if (Number(request.headers['content-length']) > bodyLimitBytes) throw new AuthError('body_too_large')
  await new Promise<void>((resolve, reject) => {
    // What body-parser answers with is only used for errors.
    readRaw(request, request.res as never, (error?: unknown) => (error ? reject(error) : resolve()))
  })
  request.body = parseJson(request.body)
}

export const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** The body in the shape of the schema, or `validation_failed` with a line for each field. */
export const parseBody = <T extends z.ZodType>(request: Request, schema: T): z.output<T> =>
  parseInput(request.body, schema)

/** The same where the body may be left out: then as if an empty object had come. It is read here. */
export async function parseOptionalBody<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  if (!hasBody(request)) return parseInput({}, schema)
  await readJsonBody(request, ['application/json'])
  return parseBody(request, schema)
}

export function parseInput<T extends z.ZodType>(input: unknown, schema: T): z.output<T> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  throw new AuthError('validation_failed', {
    errors: result.error.issues.flatMap(toFieldErrors).slice(0, mostFieldErrors),
  })
}

function toFieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: key, message: 'Unknown field' }))
  return [{ path: issue.path.join('.'), message: issue.message }]
}

function isMediaTypeIn(contentType: string | undefined, mediaTypes: readonly string[]): boolean {
  const [mediaType = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.replace(/^charset="?([^"]*)"?$/, '$1')
  return mediaTypes.includes(mediaType) && (charset === undefined || charset === 'utf-8' || charset === 'utf8')
}

function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(utf8.decode(Buffer.isBuffer(body) ? body : Buffer.alloc(0)))
  } catch {
    throw new AuthError('malformed_request')
  }
}
