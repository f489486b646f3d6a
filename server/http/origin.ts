import type { Request } from 'express'

/** Where a request came from: the address as `TRUST_PROXY` lets it be read, and what the client calls itself. */
export interface Origin {
  readonly address: string
  readonly userAgent: string | undefined
}

export function readOrigin(request: Request): Origin {
  return { address: plainAddress(request.ip ?? ''), userAgent: request.headers['user-agent'] }
}

function plainAddress(text: string): string {
  if (!text.includes(':')) return text
  return (
    text
      .replace(/^::ffff:(?=\d+\.)/i, '')
      // Some proxies name the port too, which is another for each connection.
      .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
      .replace(/^\[(.+)\](:\d+)?$/, '$1')
  )
}
