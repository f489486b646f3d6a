import cors from 'cors'
import type { RequestHandler } from 'express'
import { isAmong, type Origins } from '../origins.ts'

/** Answers to browsers of the allowed origins only (Fetch standard, CORS protocol); no cookies are involved. */
export function allowOrigins(origins: Origins): RequestHandler {
  const answer = cors({
    origin: (origin, decide) => decide(null, origin !== undefined && isAmong(origins, origin)),
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'Guestlist-Connection', 'Last-Event-ID'],
    exposedHeaders: ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id', 'WWW-Authenticate'],
    maxAge: 600,
  })
  return (request, response, next) => {
    // Who asks from no page is not concerned; `Vary: Origin` is on every answer.
    if (request.headers.origin === undefined && request.method !== 'OPTIONS') next()
    else answer(request, response, next)
  }
}
