import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import test, { type ExecutionContext } from 'ava'
import { findFreePort } from '../../scripts/find-free-port.ts'
import { seedJson } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { doctorJson } from '../helpers/doctor.ts'
import { registration } from '../helpers/people.ts'
import { serverSettings, startProcess } from '../helpers/processes.ts'
import { send } from '../helpers/send.ts'
import { startUnreadServer, waitUntilReady } from '../helpers/still-reader.ts'

/** More lines than may wait for a reader. */
const requests = 15_000

/** A data file with an invite in it, so that the first start prints none. */
async function fileWithInvite(t: ExecutionContext): Promise<{ file: string; inviteCode: string }> {
  const file = newDataFile(t)
  const [invite] = await seedJson(t, file)
  return { file, inviteCode: invite?.code ?? '' }
}

/** Makes requests on one connection, all of them answered. */
async function askOften(url: string, count: number): Promise<number> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(count - 1))
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  return (await text(socket)).split('HTTP/1.1 200 OK').length - 1
}

test('a log on a full disk stops nothing: the server starts, registers people, and ends in order', async (t) => {
  const { file, inviteCode } = await fileWithInvite(t)
  const port = String(await findFreePort())
  const settings = serverSettings(file, { PORT: port, LOG_LEVEL: 'debug' })
  const line = `exec ${process.execPath} server/main.ts > /dev/full`
  const server = startProcess(t, 'sh', ['-c', line], settings)
  const url = `http://127.0.0.1:${port}`
  await waitUntilReady(server, url)
  t.is((await send(url, 'POST', '/api/auth/register', { body: registration({ inviteCode }) })).status, 201)
  t.is(await askOften(url, 200), 200)
  server.child.kill('SIGTERM')
  t.deepEqual(await server.ended, { code: 0, signal: null, stdout: '', stderr: '' })
})

test('a full disk for the log and for errors stops the one-file program’s command no more than npm start', async (t) => {
  const { file } = await fileWithInvite(t)
  const port = String(await findFreePort())
  const line = `exec ${process.execPath} scripts/guestlist.ts serve > /dev/full 2>&1`
  const server = startProcess(t, 'sh', ['-c', line], serverSettings(file, { PORT: port }))
  await waitUntilReady(server, `http://127.0.0.1:${port}`)
  server.child.kill('SIGTERM')
  t.is((await server.ended).code, 0)
})

test('a reader of the log who stands still holds up no request; when they read again, one line tells how many lines are missing', async (t) => {
  const { file } = await fileWithInvite(t)
  const metricsPort = String(await findFreePort())
  const settings = { LOG_LEVEL: 'debug', METRICS_PORT: metricsPort }
  const server = await startUnreadServer(t, file, { settings })
  t.is(await askOften(server.url, requests), requests)
  const metrics = async (): Promise<string> => await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  const [, counted] = /^guestlist_log_lines_dropped_total (\d+)$/m.exec(await metrics()) ?? []
  t.true(Number(counted) > 0)
  const { reports } = await doctorJson(t, file, { METRICS_PORT: metricsPort, PUBLIC_URL: 'http://localhost:3000' })
  const [found] = reports.filter(({ check }) => check === 'log')
  t.like(found, { status: 'warning', action: 'see to the disk of the log, and to what reads it' })
  t.regex(found?.message ?? '', new RegExp(`^${counted} lines of the log were dropped`))
  const output = await server.readUntil(/log lines were dropped/)
  const lines = output
    .trimEnd()
    .split('\n')
    .filter((line) => line.startsWith('{') || line.includes('"level"'))
  const parsed = lines.map((line) => JSON.parse(line))
  const told = parsed.filter(({ msg }) => msg === 'log lines were dropped')
  t.is(told.length, 1)
  t.like(told[0], { level: 'warn', dropped: Number(counted), code: 'EAGAIN' })
  const kept = parsed.filter(({ route }) => route === '/healthz')
  t.is(kept.length + Number(counted), requests, 'each line was written whole, or is counted')
})

test('the end of the server waits for a reader who stands still for a moment, and not for ever', async (t) => {
  const { file } = await fileWithInvite(t)
  const server = await startUnreadServer(t, file, { settings: { LOG_LEVEL: 'debug' } })
  t.is(await askOften(server.url, 2000), 2000)
  server.child.kill('SIGTERM')
  t.is((await server.ended).code, 0)
})

const throwing = 'data:text/javascript,process.on("SIGUSR2",()=>{throw new Error("nobody expects this")})'

test('what nobody caught ends the process with a line in the log, also where nobody reads it', async (t) => {
  const { file } = await fileWithInvite(t)
  const server = await startUnreadServer(t, file, { nodeArgs: ['--import', throwing] })
  server.child.kill('SIGUSR2')
  const output = await server.readUntil(/nobody expects this[^\n]*\n/)
  t.regex(output, /^\{"level":"fatal".*"the server ends: this should not have happened"\}$/m)
  t.like(await server.ended, { code: 1, stderr: '' })
  const unread = await startUnreadServer(t, file, {
    nodeArgs: ['--import', throwing],
    settings: { LOG_LEVEL: 'debug' },
  })
  t.is(await askOften(unread.url, 2000), 2000)
  unread.child.kill('SIGUSR2')
  t.like(await unread.ended, { code: 1, stderr: '' })
})

test('what Node.js warns of is a line in the log', async (t) => {
  const { file } = await fileWithInvite(t)
  const warning = 'data:text/javascript,process.on("SIGUSR2",()=>process.emitWarning("mind this"))'
  const server = await startUnreadServer(t, file, { nodeArgs: ['--import', warning] })
  server.child.kill('SIGUSR2')
  t.regex(await server.readUntil(/mind this[^\n]*\n/), /^\{"level":"warn".*"Node.js warns"\}$/m)
  t.is(server.stderr(), '')
})
