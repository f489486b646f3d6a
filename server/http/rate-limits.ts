import type { Request, RequestHandler, Response } from 'express'
import { type RateLimitInfo, rateLimit } from 'express-rate-limit'
import { minute, second } from '../durations.ts'
import { AuthError } from '../errors.ts'
import { addHeader } from './answer-headers.ts'
import { NetworkWindows } from './network-windows.ts'
import { networksOf } from './networks.ts'
import { readOrigin } from './origin.ts'

/** Requests a minute and /32 or /64; wider networks have multiples of them; `guess` is for what holds a code that might be guessed. */
const limits = { login: 10, register: 10, guess: 10, general: 6000 }

export type LimitName = keyof typeof limits

export type RateLimits = Record<LimitName, RequestHandler>

/** @param factor multiplies every limit; 0 switches them off */
export function createRateLimits(factor: number, now: () => number): RateLimits {
  return {
    login: createLimit('login', factor, now),
    register: createLimit('register', factor, now),
    guess: createLimit('guess', factor, now),
    general: createLimit('general', factor, now),
  }
}

function createLimit(name: LimitName, factor: number, now: () => number): RequestHandler {
  if (factor === 0) return (_request, _response, next) => next()
  const policy = `"${name}"; q=${limits[name] * factor}; w=${minute / second}`
  const limiter = rateLimit({
    windowMs: minute,
    limit: limits[name] * factor,
    store: new NetworkWindows(now, { limit: limits[name] * factor, windowMs: minute }),
    // Told below: its own would hash the address for each answer.
    standardHeaders: false,
    legacyHeaders: false,
    // One person has a whole /64, and many have a /48: a limit by single address would be none.
    keyGenerator: (request) => networksOf(readOrigin(request).address).join(' '),
    // Its own check of forwarding headers only prints; ours says which setting is missing.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (request, response, next) => {
      const secondsLeft = tell(request, response)
      next(new AuthError('rate_limited', { retryAfter: Math.max(1, secondsLeft) }))
    },
  })

  /** Says what is left (draft-ietf-httpapi-ratelimit-headers-08), and gives the seconds until it begins anew. */
  function tell(request: Request, response: Response): number {
    const { remaining = 0, resetTime } = (request as { rateLimit?: Partial<RateLimitInfo> }).rateLimit ?? {}
    const secondsLeft = Math.max(0, Math.ceil(((resetTime?.getTime() ?? 0) - now()) / second))
    addHeader(response, 'RateLimit', `"${name}"; r=${remaining}; t=${secondsLeft}`)
    addHeader(response, 'RateLimit-Policy', policy)
    return secondsLeft
  }

  return (request, response, next) =>
    void limiter(request, response, (error?: unknown) => {
      if (error === undefined) tell(request, response)
      next(error)
    })
}
