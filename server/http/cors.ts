import cors from 'cors'
import type { RequestHandler } from 'express'
import { type Config, isLoopback } from '../config.ts'

/** Answers to browsers of the allowed origins only (Fetch standard, CORS protocol); no cookies are involved. */
export function allowOrigins(origins: Config['corsOrigins']): RequestHandler {
  const isAllowed = (origin: string): boolean =>
    origins === 'loopback' ? isLoopbackOrigin(origin) : origins.includes(origin)
  const answer = cors({
    origin: (origin, decide) => decide(null, origin !== undefined && isAllowed(origin)),
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

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return /^https?:$/.test(protocol) && isLoopback(hostname.replace(/^\[|\]$/g, ''))
}
