import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { apiDocument, type DocumentedOperation, documentedPaths, findSchemaErrors } from './api-document.ts'

export interface SeenAnswer {
  readonly method: string
  /** As it was sent, with its query. */
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** What the OpenAPI document does not allow about an answer; undefined when it allows all of it. */
export function findContradiction(answer: SeenAnswer): string | undefined {
  const problems = [...problemsOf(answer)]
  if (problems.length === 0) return undefined
  const { method, url, status, text } = answer
  return `${method} ${url} was answered ${status}, against the document: ${problems.join('; ')}\n${text.slice(0, 1000)}`
}

function* problemsOf(answer: SeenAnswer): Generator<string> {
  const { method, status, headers } = answer
  const operations = findOperations(answer.url)
  const operation = operations?.[method.toLowerCase()] ?? (method === 'HEAD' ? operations?.get : undefined)
  if (headers.get('x-request-id') === null) yield 'it has no X-Request-Id'
  if (operation !== undefined && isAnswerOfEndpoint(answer)) yield* problemsOfOperation(answer, operation)
  else if (method === 'OPTIONS' && status === 204) return
  else if (status === 405 && headers.get('allow') === null) yield 'it has no Allow'
  else if (status !== 405 && status !== 404 && status !== 400) yield 'there is no such operation'
  else yield* problemsOfBody(answer, apiDocument.components.schemas.Problem)
}

// What Express cannot decode is nowhere, whatever pattern it matches.
const isAnswerOfEndpoint = ({ url, status }: SeenAnswer): boolean =>
  !(status === 404 && /%(?![0-9a-f]{2})|%[c-f]/i.test(url))

function findOperations(url: string): Record<string, DocumentedOperation> | undefined {
  // RFC 9112, section 3.2.2: in its absolute form the address of a request is the same.
  const path = url.replace(/^https?:\/\/[^/]+/, '').replace(/\?.*$/, '')
  return documentedPaths.find(({ pattern }) => pattern.test(path))?.operations
}

function* problemsOfOperation(answer: SeenAnswer, operation: DocumentedOperation): Generator<string> {
  const response = operation.responses[answer.status]
  if (response === undefined) return yield `${answer.status} is not documented`
  for (const [name, { $ref }] of Object.entries(response.headers ?? {})) {
    const isRequired = apiDocument.components.headers[$ref.split('/').at(-1) ?? '']?.required
    if (isRequired && answer.headers.get(name) === null) yield `it has no ${name}`
  }
  const mediaType = (answer.headers.get('content-type') ?? '').replace(/;.*$/, '')
  if (response.content === undefined) {
    if (answer.text !== '') yield 'it has a body'
    return
  }
  const content = response.content[mediaType]
  if (content === undefined) return yield `its media type is "${mediaType}"`
  // A failing server answers HEAD without a body as well.
  if (answer.method !== 'HEAD') yield* problemsOfBody(answer, content.schema)
}

function* problemsOfBody({ text, headers, method }: SeenAnswer, schema: object | undefined): Generator<string> {
  if (method === 'HEAD') return
  const isJson = /^application\/([\w-]+\+)?json/.test(headers.get('content-type') ?? '')
  const errors = findSchemaErrors(schema ?? {}, isJson ? JSON.parse(text) : text)
  if (errors !== undefined) yield errors
}

/** Watches what a server answers, to whichever client: what the document does not allow ends the test run. */
export function checkAnswersOf(server: Server): void {
  server.prependListener('request', checkAnswer)
}

export function checkAnswer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  const { write, end } = response
  const keep = (chunk: unknown, encoding: unknown): void => {
    // It may go on for hours, and its schema is any text.
    if (writtenHeaders(response).get('content-type')?.startsWith('text/event-stream')) return
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, encoding as BufferEncoding))
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
  }
  response.write = ((...args: Parameters<typeof write>) => {
    keep(args[0], args[1])
    return write.apply(response, args)
  }) as typeof write
  response.end = ((...args: Parameters<typeof end>) => {
    keep(args[0], args[1])
    return end.apply(response, args)
  }) as typeof end
  response.once('finish', () => {
    const headers = writtenHeaders(response)
    const { method = '', url = '' } = request
    const contradiction = findContradiction({
      method,
      url,
      status: response.statusCode,
      headers,
      text: Buffer.concat(chunks).toString(),
    })
    if (contradiction !== undefined) throw new Error(contradiction)
  })
}

/** The headers as they went over the wire: Node keeps no others where all were written at once. */
function writtenHeaders(response: ServerResponse): Headers {
  const head = (response as { _header?: string | null })._header ?? ''
  const headers = new Headers()
  for (const line of head.split('\r\n').slice(1)) {
    const [, name, value] = /^([^:]+): (.*)$/.exec(line) ?? []
    if (name !== undefined) headers.append(name, value ?? '')
  }
  return headers
}
