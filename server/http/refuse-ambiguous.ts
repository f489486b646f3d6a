import type { RequestHandler } from 'express'
import { AuthError } from '../errors.ts'

/**
 * What a request says once. Node takes the first of some and joins others, and a proxy before it may take the last: two that
 * read one request in two ways can be played against each other (RFC 9112, section 11.2).
 */
const once: ReadonlySet<string> = new Set([
  'authorization',
  'content-length',
  'content-type',
  'guestlist-connection',
  'host',
  'idempotency-key',
  'origin',
  'transfer-encoding',
])

/** RFC 3986, section 3.2.2 and 3.2.3: a name or an address, and a port; no user, no path. */
const hostForm = /^(\[[0-9a-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(:\d{0,5})?$/i

const spoken = ['1.0', '1.1']

/** Refuses a request that could be read in two ways, or that is of another version than it is answered in. */
export const refuseAmbiguous: RequestHandler = (request, _response, next) => {
  const { httpVersion, headers, rawHeaders } = request
  if (!spoken.includes(httpVersion)) throw refuse('This server speaks HTTP/1.1.')
  // RFC 9112, section 3.2.
  if (headers.host === undefined && httpVersion === '1.1') throw refuse('Send a Host header.')
  if (headers.host !== undefined && !hostForm.test(headers.host)) throw refuse('The Host header names no host.')
  const repeated = findRepeated(rawHeaders)
  if (repeated !== undefined) throw refuse(`Send the header ${repeated} once.`)
  next()
}

const refuse = (detail: string): AuthError => new AuthError('malformed_request', { detail })

/** @param rawHeaders names and values in turn */
function findRepeated(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (!once.has(name)) continue
    if (seen.has(name)) return name
    seen.add(name)
  }
  return undefined
}
