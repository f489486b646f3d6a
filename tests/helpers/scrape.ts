import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { startMetricsServer } from '../../server/metrics/metrics-server.ts'
import { send } from './send.ts'
import { projectFolder } from './source-files.ts'
import type { TestServer } from './start-server.ts'

export interface Sample {
  readonly type: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Serves the metrics of a server, which must have METRICS_PORT, until the test ends; gives what reads them. */
export async function serveMetrics(t: ExecutionContext, server: TestServer): Promise<() => Promise<string>> {
  const metrics = await startMetricsServer(server.auth.deps)
  t.teardown(() => metrics?.close())
  return async () => {
    const { status, text } = await send(metrics?.address ?? '', 'GET', '/metrics')
    t.is(status, 200, text)
    return text
  }
}

const python = join(projectFolder, 'clients', 'python', '.venv', 'bin', 'python')

/** The samples as Prometheus's own library for Python reads them; undefined where its packages are not installed. */
export function parseScrape(t: ExecutionContext, text: string): Sample[] | undefined {
  if (!existsSync(python) && process.env.CI !== 'true') {
    t.log('left out: npm run test:python makes the virtual environment that this needs')
    return undefined
  }
  execFileSync(process.execPath, ['scripts/test-python.mjs', '--install-only'], { cwd: projectFolder })
  const parser = join(projectFolder, 'tests', 'metrics', 'parse-scrape.py')
  const printed = execFileSync(python, [parser], { input: text, encoding: 'utf8', maxBuffer: 64 << 20 })
  // As text: of what was not measured yet Prometheus says NaN, which JSON cannot.
  return JSON.parse(printed).map((sample: Sample) => ({ ...sample, value: Number(sample.value) }))
}

/** The value of the one sample of this name with these labels. */
export function readSample(samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number {
  const found = samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )
  if (found.length !== 1) throw new Error(`${name} ${JSON.stringify(labels)} is there ${found.length} times`)
  return found[0]?.value ?? Number.NaN
}
