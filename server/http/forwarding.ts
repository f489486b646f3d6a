import type { Request, RequestHandler } from 'express'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { readOrigin } from './origin.ts'

/** Requests that named as many addresses as forwarded them, and whose client then is on a private network or not. */
export interface SeenForwarding {
  /** Of `X-Forwarded-For`; 9 is 9 or more. */
  readonly addresses: number
  readonly isClientPrivate: boolean
  readonly requests: number
}

export const mostAddresses = 9

/** Counts through how many proxies requests come, in memory and without an address of anybody. */
export class ForwardingCount {
  readonly #requests = new Uint32Array(2 * (mostAddresses + 1))

  note(addresses: number, isClientPrivate: boolean): void {
    const index = 2 * Math.min(addresses, mostAddresses) + Number(isClientPrivate)
    this.#requests[index] = (this.#requests[index] ?? 0) + 1
  }

  /** What has been counted since the last time. */
  take(): SeenForwarding[] {
    const seen = [...this.#requests.entries()]
      .map(([index, requests]) => ({ addresses: index >> 1, isClientPrivate: index % 2 === 1, requests }))
      .filter(({ requests }) => requests > 0)
    this.#requests.fill(0)
    return seen
  }
}

const loopback = /^(127\.|::1$|::ffff:127\.)/
const privateNetwork = /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd]|fe[89ab])/i

/** Of fewer requests nothing can be said: whoever looks after the server may ask it from beside the proxy. */
const leastRequests = 20

/**
 * Counts each request. Warns once when a proxy seems to stand in front that `TRUST_PROXY` does not name, and once when it
 * names more proxies than most requests came through: then people choose the address that limits count.
 */
export function watchForwarding(
  { trustProxy }: Pick<Config, 'trustProxy'>,
  log: Logger,
  count: ForwardingCount,
): RequestHandler {
  let isWarned = typeof trustProxy === 'object'
  let forwarded = 0
  let tooShort = 0

  /** @param addresses how many the request names */
  function warnOfTooManyHops(addresses: number, hops: number): void {
    forwarded += 1
    if (addresses < hops) tooShort += 1
    if (tooShort < leastRequests || tooShort <= forwarded / 2) return
    isWarned = true
    log.warn(
      { event: 'proxy.too_many_hops', trustProxy: hops, addresses },
      `TRUST_PROXY=${hops}, and most requests came through fewer proxies: people can choose the address that limits ` +
        'count. Set it to the number of your proxies',
    )
  }

  return (request, _response, next) => {
    const { 'x-forwarded-for': header, forwarded: standardHeader } = request.headers
    if (header === undefined) {
      // Whoever asks from this machine itself, or looks after it, comes past the proxy and may.
      if (!loopback.test(request.socket.remoteAddress ?? '') && !isProbe(request)) count.note(0, false)
    } else {
      const addresses = countAddresses(String(header))
      count.note(addresses, privateNetwork.test(readOrigin(request).address))
      if (!isWarned && typeof trustProxy === 'number') warnOfTooManyHops(addresses, Math.min(trustProxy, mostAddresses))
    }
    if (!isWarned && trustProxy === undefined && (header ?? standardHeader) !== undefined) {
      isWarned = true
      log.warn(
        'a request came with forwarding headers, which are ignored: behind a proxy set TRUST_PROXY to the number of ' +
          'proxies (TRUST_PROXY=1 for one), or all your users share one rate limit',
      )
    }
    next()
  }
}

const isProbe = ({ path }: Request): boolean => path === '/healthz' || path === '/readyz'

function countAddresses(header: string): number {
  let count = 1
  for (let at = header.indexOf(','); at >= 0 && count < mostAddresses; at = header.indexOf(',', at + 1)) count += 1
  return count
}
