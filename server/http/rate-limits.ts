import type { RequestHandler } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { minute } from '../durations.ts'
import { AuthError } from '../errors.ts'
import { readOrigin } from './origin.ts'

/** Requests a minute and address; `guess` is for what holds a code that might be guessed. */
const limits = { login: 10, register: 10, guess: 10, general: 6000 }

export type LimitName = keyof typeof limits

export type RateLimits = Record<LimitName, RequestHandler>

/** @param factor multiplies every limit; 0 switches them off */
export function createRateLimits(factor: number): RateLimits {
  return {
    login: createLimit('login', factor),
    register: createLimit('register', factor),
    guess: createLimit('guess', factor),
    general: createLimit('general', factor),
  }
}

function createLimit(name: LimitName, factor: number): RequestHandler {
  if (factor === 0) return (_request, _response, next) => next()
  return rateLimit({
    windowMs: minute,
    limit: limits[name] * factor,
    identifier: name,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // One person has a whole /64, so a limit by single address would be none.
    keyGenerator: (request) => ipKeyGenerator(readOrigin(request).address, 64),
    // Its own check of forwarding headers only prints; ours says which setting is missing.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (request, _response, next) => {
      const resetTime: Date | undefined = (request as { rateLimit?: { resetTime?: Date } }).rateLimit?.resetTime
      const leftMs = (resetTime?.getTime() ?? 0) - Date.now()
      next(new AuthError('rate_limited', { retryAfter: Math.max(1, Math.ceil(leftMs / 1000)) }))
    },
  })
}
