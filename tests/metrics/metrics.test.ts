import { createServer } from 'node:net'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { StartupError } from '../../db/startup-error.ts'
import { parseConfig } from '../../server/config.ts'
import { startMetricsServer } from '../../server/metrics/metrics-server.ts'
import { serve } from '../../server/serve.ts'
import { backUp } from '../helpers/backups.ts'
import { serverSettings, startProcess, startServerProcess } from '../helpers/processes.ts'
import { type Answer, send } from '../helpers/send.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { startServer, temporaryFolder } from '../helpers/start-server.ts'

/** The text format of Prometheus: every line is a comment or a sample; gives the samples without labels. */
function parse(t: ExecutionContext, { status, headers, text }: Answer): Record<string, number> {
  t.is(status, 200)
  t.regex(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4; charset=utf-8$/)
  const samples: Record<string, number> = {}
  for (const line of text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE) [a-z0-9_]+ /.test(line)) continue
    const match = /^([a-z_][a-z0-9_]*)(\{[^}]*\})? (-?[\d.e+-]+|Nan|[+-]Inf)$/.exec(line)
    t.truthy(match, line)
    if (match?.[2] === undefined) samples[match?.[1] ?? ''] = Number(match?.[3])
  }
  return samples
}

test('the time and the size of the last proven backup are 0, and then what the data file knows', async (t) => {
  const server = await startServer(t, { settings: { METRICS_PORT: '0' } })
  const metrics = await startMetricsServer(server.auth.deps)
  t.teardown(() => metrics?.close())
  const read = async () => parse(t, await send(metrics?.address ?? '', 'GET', '/metrics'))
  const none = await read()
  t.is(none.guestlist_last_proven_backup_timestamp_seconds, 0)
  t.is(none.guestlist_backup_size_bytes, 0)
  t.true(Number(none.process_resident_memory_bytes) > 0)
  const { bytes, provenAt } = await backUp(server.file)
  const samples = await read()
  t.is(samples.guestlist_last_proven_backup_timestamp_seconds, provenAt / 1000)
  t.is(samples.guestlist_backup_size_bytes, bytes)
})

test('only reading /metrics is answered there, and it names nobody', async (t) => {
  const server = await startServer(t, { settings: { METRICS_PORT: '0' } })
  const metrics = await startMetricsServer(server.auth.deps)
  t.teardown(() => metrics?.close())
  const url = metrics?.address ?? ''
  t.is((await send(url, 'POST', '/metrics')).status, 405)
  t.is((await send(url, 'HEAD', '/metrics')).status, 200)
  for (const path of ['/', '/api/auth/me', '/healthz', '/metrics/', '//metrics']) {
    t.is((await send(url, 'GET', path)).status, 404, path)
  }
  await server.stop()
  t.is((await send(url, 'GET', '/metrics')).status, 503, 'without its data file it says so')
})

test('they are off by default, never on the main port, and stop with the server', async (t) => {
  const file = join(temporaryFolder(t), 'guestlist.db')
  const quiet = await startServerProcess(t, file)
  t.is((await quiet.request('GET', '/metrics')).status, 404)
  t.notRegex(quiet.stdout(), /metrics/)
  quiet.child.kill('SIGTERM')
  await quiet.ended
  // Without the check of answers, for the document knows nothing of this port.
  const main = join(projectFolder, 'server', 'main.ts')
  const server = startProcess(t, process.execPath, [main], serverSettings(file, { METRICS_PORT: '0' }))
  const [, address = ''] = await server.waitFor(/"metricsAddress":"([^"]+)"/)
  const [, url = ''] = await server.waitFor(/"address":"([^"]+)"/)
  t.is((await send(address, 'GET', '/metrics')).status, 200)
  t.is((await send(url, 'GET', '/metrics')).status, 404)
  server.child.kill('SIGTERM')
  t.is((await server.ended).code, 0)
  await t.throwsAsync(fetch(`${address}/metrics`))
})

test('a METRICS_PORT that is in use stops the start with a line that names it', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const METRICS_PORT = String((other.address() as { port: number }).port)
  const settings = serverSettings(join(temporaryFolder(t), 'guestlist.db'), { METRICS_PORT, LOG_LEVEL: 'silent' })
  const error = await t.throwsAsync(serve(parseConfig(settings)), { instanceOf: StartupError })
  const advice = 'stop the other program, or set METRICS_PORT to another'
  t.is(error?.message, `port ${METRICS_PORT} on 127.0.0.1 is in use: ${advice}`)
})

test('metrics and people cannot have one port', (t) => {
  t.throws(() => parseConfig({ PORT: '3000', METRICS_PORT: '3000' }), {
    message: /METRICS_PORT must be another port than PORT/,
  })
  t.is(parseConfig({ PORT: '3000', METRICS_PORT: '3001' }).metricsPort, 3001)
})
