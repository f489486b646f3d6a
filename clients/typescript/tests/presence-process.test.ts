import { spawn } from 'node:child_process'
import { once } from 'node:events'
import test from 'ava'
import { alice, ok } from './helpers/answers.ts'
import { startTestServer } from './helpers/test-server.ts'
import { makeToken } from './helpers/tokens.ts'

test('presence does not keep a Node process running', async (t) => {
  const server = await startTestServer(t, () => ok(alice))
  const entry = new URL('../src/index.ts', import.meta.url).href
  const script = `
    import { GuestlistClient } from '${entry}'
    new GuestlistClient({ baseUrl: '${server.baseUrl}', token: '${makeToken()}' }).startPresence()
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: 'inherit',
    timeout: 20_000,
  })
  t.deepEqual(await once(child, 'exit'), [0, null])
  t.is(server.requests.length, 1)
})
