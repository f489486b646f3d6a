import { join } from 'node:path'
import test from 'ava'
import { newestVersion } from '../../db/migrate.ts'
import { connectBeside } from '../helpers/data-files.ts'
import { startScript, startServerProcess } from '../helpers/processes.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

test('two processes that open one missing file at once both come up, and its schema is made once', async (t) => {
  const folder = temporaryFolder(t)
  const processes = Array.from({ length: 2 }, () => startScript(t, 'tests/helpers/open-on-demand.ts'))
  await Promise.all(processes.map(({ waitFor }) => waitFor(/waiting/)))
  for (let round = 0; round < 20; round += 1) {
    const file = join(folder, `${round}`, 'guestlist.db')
    for (const { child } of processes) child.stdin?.write(`${file}\n`)
    await Promise.all(processes.map(({ waitFor }) => waitFor(new RegExp(`open ${file}`))))
    const handle = connectBeside(t, file)
    t.is(handle.pragma('user_version', { simple: true }), newestVersion)
    t.is(handle.pragma('journal_mode', { simple: true }), 'wal')
    t.is(handle.pragma('integrity_check', { simple: true }), 'ok')
    t.deepEqual(handle.prepare('SELECT count(*) AS keys FROM signing_keys').all(), [{ keys: 1 }])
  }
  for (const { child } of processes) child.stdin?.end()
  for (const { ended } of processes) t.like(await ended, { code: 0, stderr: '' })
})

test('two servers that start on one missing file at once serve it together', async (t) => {
  const file = join(temporaryFolder(t), 'data', 'guestlist.db')
  const servers = await Promise.all([startServerProcess(t, file), startServerProcess(t, file)])
  const keys = await Promise.all(
    servers.map(async ({ request }) => (await request('GET', '/.well-known/jwks.json')).body.keys),
  )
  t.is(keys[0].length, 1)
  t.deepEqual(keys[0], keys[1], 'they sign with one key')
  for (const { request } of servers) t.is((await request('GET', '/readyz')).status, 200)
})
