import type { BenchProcess } from '../bench-process.ts'
import type { LoadResult } from '../load/plan.ts'

/** What was measured in one window. */
export interface Window extends LoadResult {
  /** Microseconds of processor time a request, in all of the server's threads. */
  readonly cpu: number
  /** Megabytes in memory at the window's end. */
  readonly resident: number
}

export async function watch(server: BenchProcess, load: () => Promise<LoadResult>): Promise<Window> {
  const before = server.cpuSeconds()
  const { requests, perSecond, p50, p99, errors } = await load()
  const cpu = ((server.cpuSeconds() - before) * 1e6) / requests
  return { requests, perSecond, p50, p99, errors, cpu, resident: server.residentMegabytes() }
}

/** A window of something that is no server. */
export const windowOf = (perSecond: number): Window => ({
  requests: 0,
  perSecond,
  p50: Number.NaN,
  p99: Number.NaN,
  errors: 0,
  cpu: Number.NaN,
  resident: Number.NaN,
})
