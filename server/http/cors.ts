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
    // Also where no origin is allowed, or a cache would hand one page the answer that another got.
    response.vary('Origin')
    answer(request, response, next)
  }
}
