import { second } from '../../durations.ts'
import { type Check, NotChecked, warning } from '../check.ts'

/** What the running server counts is known to it alone, and told by its metrics. */
export const log: Check = {
  name: 'log',
  healthy: 'no line of the log was dropped since the server started',
  async run(setup) {
    const { metricsHost, metricsPort } = setup.getConfig()
    if (metricsPort === undefined) return 'whether lines of the log were dropped is told with METRICS_PORT set'
    const [, dropped] =
      /^guestlist_log_lines_dropped_total (\d+)$/m.exec(await readMetrics(metricsHost, metricsPort)) ?? []
    if (dropped === undefined || dropped === '0') return []
    const message = `${dropped} lines of the log were dropped since the server started: standard output took none`
    return [warning(message, 'see to the disk of the log, and to what reads it')]
  },
}

async function readMetrics(host: string, port: number): Promise<string> {
  const name = host.includes(':') ? `[${host}]` : host
  try {
    const answer = await fetch(`http://${name}:${port}/metrics`, { signal: AbortSignal.timeout(2 * second) })
    return await answer.text()
  } catch {
    throw new NotChecked('no server answers on METRICS_PORT')
  }
}
