import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { StartupError } from '../../db/startup-error.ts'
import { parseConfig } from '../../server/config.ts'
import { serve } from '../../server/serve.ts'
import { type Settings, serverSettings, startScript } from '../helpers/processes.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

/** Starts a server that cannot start: the one line that the operator reads. */
async function lineOfFailure(t: ExecutionContext, settings: Settings): Promise<string> {
  const { code, stdout, stderr } = await startScript(t, 'server/main.ts', [], settings).ended
  t.is(code, 1)
  t.is(stdout, '')
  t.regex(stderr, /^guestlist: [^\n]+\n$/, 'exactly one line, without a stack')
  return stderr.slice('guestlist: '.length, -1)
}

/** What the server says of an address where it cannot listen. */
async function refusalToListen(t: ExecutionContext, file: string, settings: Settings): Promise<string> {
  const config = parseConfig({ ...serverSettings(file), LOG_LEVEL: 'silent', ...settings })
  const error = await t.throwsAsync(serve(config), { instanceOf: StartupError })
  return error?.message ?? ''
}

test('a port that is in use is told with what to do, and the data file is released', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const PORT = String((other.address() as { port: number }).port)
  const file = join(temporaryFolder(t), 'guestlist.db')
  const advice = 'stop the other program, or set PORT to another'
  t.is(await refusalToListen(t, file, { PORT }), `port ${PORT} on 127.0.0.1 is in use: ${advice}`)
  t.deepEqual(readdirSync(dirname(file)), ['guestlist.db'], 'SQLite clears up when the last connection is closed')
})

test('an address that is not of this machine is told as such', async (t) => {
  const file = join(temporaryFolder(t), 'guestlist.db')
  const line = await refusalToListen(t, file, { HOST: '192.0.2.1' })
  t.is(line, '192.0.2.1 is no address of this machine: change HOST')
})

test('bad settings are told all at once on one line, and no data file is made', async (t) => {
  const folder = join(temporaryFolder(t), 'data')
  const settings = serverSettings(join(folder, 'guestlist.db'), { LOG_LEVEL: 'loud\nand\nclear', TOKEN_TTL: '15' })
  const line = await lineOfFailure(t, settings)
  t.regex(line, /^TOKEN_TTL must be .*; LOG_LEVEL must be /)
  t.throws(() => mkdirSync(join(folder, 'deeper')), { code: 'ENOENT' })
})

test('a folder where no file can be is told with its path', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), '')
  const line = await lineOfFailure(t, serverSettings(join(folder, 'file', 'guestlist.db')))
  t.regex(line, /is not a place for a file \(ENOTDIR\): DATABASE_URL must name a file in a folder$/)
})
