import type { Request, RequestHandler } from 'express'
import type { Metric } from 'prom-client'
import type { Config } from '../config.ts'
import { second } from '../durations.ts'

export interface RequestMetrics {
  /** Measures every request that passes. */
  readonly measure: RequestHandler
  readonly metrics: readonly Metric[]
}

/** From what is answered from memory to what waits for a password hash in a queue. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25]

const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS']

/** Undefined where metrics are not served: then no request pays for them, and their package is not loaded. */
export async function loadRequestMetrics({
  metricsPort,
}: Pick<Config, 'metricsPort'>): Promise<RequestMetrics | undefined> {
  if (metricsPort === undefined) return undefined
  const { Counter, Histogram } = await import('prom-client')
  const requests = new Counter({
    name: 'guestlist_http_requests_total',
    help: 'Requests that have been answered, by route and status',
    labelNames: ['method', 'route', 'status'],
    registers: [],
  })
  const durations = new Histogram({
    name: 'guestlist_http_request_duration_seconds',
    help: 'From the request to the end of its answer; streams of presence are left out',
    labelNames: ['method', 'route'],
    buckets,
    registers: [],
  })
  return {
    metrics: [requests, durations],
    measure: (request, response, next) => {
      const startedAt = performance.now()
      response.once('close', () => {
        const labels = labelsOf(request)
        // Nobody was answered where the client was gone first (as nginx says it).
        requests.inc({ ...labels, status: response.headersSent ? response.statusCode : 499 })
        const isStream = String(response.getHeader('content-type') ?? '').startsWith('text/event-stream')
        if (!isStream) durations.observe(labels, (performance.now() - startedAt) / second)
      })
      next()
    },
  }
}

/** The row of the table of routes and nothing that a client may choose: neither the address nor a method of its own. */
const labelsOf = ({ method, route }: Request): { method: string; route: string } => ({
  method: methods.includes(method) ? method : 'other',
  route: route?.path ?? 'none',
})
