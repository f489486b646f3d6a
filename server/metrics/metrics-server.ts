import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Registry } from 'prom-client'
import type { Deps } from '../deps.ts'
import { second } from '../durations.ts'
import { listen } from '../http/listening.ts'
import type { MetricsDeps } from './metrics.ts'

export interface MetricsServer {
  readonly address: string
  close(): void
}

const mostReaders = 8
const longestStandstillMs = 30 * second
const settings = { host: 'METRICS_HOST', port: 'METRICS_PORT' }

/** Serves /metrics on a port of its own, which the people's proxy does not reach; undefined when that is off. */
export async function startMetricsServer(deps: MetricsDeps & Pick<Deps, 'log'>): Promise<MetricsServer | undefined> {
  const { metricsHost: host, metricsPort: port } = deps.config
  if (port === undefined) return undefined
  // Only now: most servers have no metrics, and need not hold what makes them.
  const { createMetrics } = await import('./metrics.ts')
  const metrics = createMetrics(deps)
  const server = createServer((request, response) => void answer(request, response, metrics, deps))
  // A few read at once; whoever does not read what they asked for is let go.
  server.maxConnections = mostReaders
  server.setTimeout(longestStandstillMs)
  const address = await listen(server, { host, port, settings })
  deps.log.info({ metricsAddress: address }, `metrics on ${address}/metrics`)
  return {
    address,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  metrics: Registry,
  { log }: Pick<Deps, 'log'>,
): Promise<void> {
  if (url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end()
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
  try {
    const text = await metrics.metrics()
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text)
  } catch (err) {
    log.error({ err }, 'the metrics cannot be read')
    response.writeHead(503).end()
  }
}
