import { once } from 'node:events'
import { join } from 'node:path'
import test from 'ava'
import { findFreePort } from '../../scripts/find-free-port.ts'
import { parseConfig } from '../../server/config.ts'
import { serve } from '../../server/serve.ts'
import { runCommand } from '../helpers/commands.ts'
import { serverSettings, startProcess, startServerProcess } from '../helpers/processes.ts'
import { openSocket } from '../helpers/raw-http.ts'
import { beginRequest, signalHeard } from '../helpers/request-under-way.ts'
import { startServer, temporaryFolder } from '../helpers/start-server.ts'
import { waitUntilReady } from '../helpers/still-reader.ts'

const newFile = (t: Parameters<typeof temporaryFolder>[0]): string => join(temporaryFolder(t), 'guestlist.db')

test('SIGTERM lets a request under way be answered, closes what is idle, takes nothing new, and exits 0', async (t) => {
  const server = await startServerProcess(t, newFile(t))
  const request = await beginRequest(server.url)
  const kept = await openSocket(server.url)
  kept.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(kept, 'data')
  const keptIsClosed = once(kept, 'close')
  await signalHeard(server.url, () => server.child.kill('SIGTERM'))
  await keptIsClosed
  await t.throwsAsync(server.request('GET', '/healthz'))
  const startedAt = performance.now()
  t.is((await request.finish())?.body.code, 'invalid_credentials')
  t.like(await server.ended, { code: 0, signal: null, stderr: '' })
  t.true(performance.now() - startedAt < 7000, 'it is over with the answer, and not when it would be cut off')
  t.regex(server.stdout(), /"msg":"stopped"/)
})

test('a signal that comes twice at once, as npm and systemd send it, is one signal', async (t) => {
  const server = await startServerProcess(t, newFile(t))
  const request = await beginRequest(server.url)
  await signalHeard(server.url, () => server.child.kill('SIGINT'))
  server.child.kill('SIGINT')
  server.child.kill('SIGTERM')
  t.is((await request.finish())?.body.code, 'invalid_credentials')
  t.like(await server.ended, { code: 0, stderr: '' })
})

test('while the server drains, /readyz is 503 and connections are not kept, and what was asked is answered', async (t) => {
  const server = await startServer(t)
  t.is((await server.request('GET', '/readyz')).headers.get('connection'), 'keep-alive')
  server.auth.startDraining()
  const ready = await server.request('GET', '/readyz')
  t.is(ready.status, 503)
  t.deepEqual(ready.body, { status: 'draining' })
  t.is(ready.headers.get('connection'), 'close')
  const config = await server.request('GET', '/api/auth/config')
  t.is(config.status, 200)
  t.is(config.headers.get('connection'), 'close')
  t.is((await server.request('GET', '/healthz')).status, 200)
})

test('stopping twice is stopping once', async (t) => {
  const server = await serve(parseConfig({ ...serverSettings(newFile(t)), LOG_LEVEL: 'silent' }))
  t.is(server.stop(), server.stop())
  await server.stop()
  await t.throwsAsync(fetch(`${server.address}/healthz`))
})

test('where nobody takes the output any more, the server goes on answering, and ends when it is told', async (t) => {
  const file = newFile(t)
  // The log's first line then comes before anything else that is printed.
  await runCommand(t, file, ['invites', 'mint'])
  const port = String(await findFreePort())
  const settings = serverSettings(file, { PORT: port })
  const server = startProcess(t, 'bash', ['-c', `exec ${process.execPath} server/main.ts > >(:)`], settings)
  await waitUntilReady(server, `http://127.0.0.1:${port}`)
  server.child.kill('SIGTERM')
  t.deepEqual(await server.ended, { code: 0, signal: null, stdout: '', stderr: '' })
})

test('where nobody takes the output any more, guestlist serve goes on as well, and another command ends', async (t) => {
  const file = newFile(t)
  await runCommand(t, file, ['invites', 'mint'])
  const port = String(await findFreePort())
  const line = (command: string): string => `exec ${process.execPath} scripts/guestlist.ts ${command} > >(:)`
  const server = startProcess(t, 'bash', ['-c', line('serve')], serverSettings(file, { PORT: port }))
  await waitUntilReady(server, `http://127.0.0.1:${port}`)
  server.child.kill('SIGTERM')
  t.deepEqual(await server.ended, { code: 0, signal: null, stdout: '', stderr: '' })
  const command = startProcess(t, 'bash', ['-c', line('invites list')], serverSettings(file))
  t.like(await command.ended, { code: 141, stderr: '' })
})
