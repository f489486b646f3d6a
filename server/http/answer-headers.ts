import { ServerResponse } from 'node:http'
import type { Express, RequestHandler, Response } from 'express'
import helmet from 'helmet'

/** Names and values in turn: the form in which Node writes headers without looking at each. */
type RawHeaders = readonly string[]

/** What a server of JSON needs: nothing it sends may be run, framed, sniffed or kept. */
const securityHeaders = helmet({
  // Of other hosts of the domain this server knows nothing.
  strictTransportSecurity: { includeSubDomains: false },
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
})

/**
 * The same for every answer, so they are made once. Answers are about a person, so nobody keeps them; and a cache that
 * does must not hand one page the answer that another got. An endpoint that needs another of these sets it itself.
 */
const constantHeaders: RawHeaders = [...headersOf(securityHeaders), 'Cache-Control', 'no-store', 'Vary', 'Origin']

function headersOf(middleware: ReturnType<typeof helmet>): string[] {
  const headers: string[] = []
  const response = { setHeader: (name: string, value: string) => headers.push(name, value), removeHeader: () => {} }
  middleware({} as never, response as never, () => {})
  return headers
}

/** Names each request, so that an answer can be found in the log, and begins the headers of its answer. */
export const beginAnswer =
  (newId: () => string): RequestHandler =>
  (_request, response, next) => {
    const id = newId()
    response.locals.requestId = id
    response.locals.headers = [...constantHeaders, 'X-Request-Id', id]
    next()
  }

/** Adds a header that is not looked at again: cheaper than `set`, which is for those that may change. */
export function addHeader(response: Response, name: string, value: string): void {
  response.locals.headers.push(name, value)
}

/** Lets every answer of the application carry the headers that `beginAnswer` and `addHeader` have collected. */
export function writeCollectedHeaders(app: Express): void {
  const { writeHead } = ServerResponse.prototype
  app.response.writeHead = function (this: Response, status: number, headers: RawHeaders = []) {
    const collected: RawHeaders = this.locals.headers ?? constantHeaders
    const own = this.getHeaderNames()
    const missing = own.length === 0 ? collected : without(collected, own)
    return writeHead.call(this, status, [...missing, ...headers] as string[])
  } as Response['writeHead']
}

const without = (headers: RawHeaders, names: readonly string[]): RawHeaders =>
  headers.filter((_, index) => !names.includes(headers[index - (index % 2)]?.toLowerCase() ?? ''))

/** While the server drains, connections are not kept, so that it comes to an end. */
export const closeWhileDraining =
  (isDraining: () => boolean): RequestHandler =>
  (_request, response, next) => {
    if (isDraining()) response.set('Connection', 'close')
    next()
  }
