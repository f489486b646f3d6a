import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type Running, type Settings, startProcess } from '../helpers/processes.ts'
import { beginRequest, signalHeard } from '../helpers/request-under-way.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

/** `npm start` in a process group of its own, as a terminal or a service manager starts it. */
async function npmStart(t: ExecutionContext): Promise<{ npm: Running; url: string }> {
  const port = await freePort()
  const settings: Settings = {
    PORT: String(port),
    DATABASE_URL: `file:${join(temporaryFolder(t), 'guestlist.db')}`,
    npm_config_update_notifier: 'false',
    // What is missing was installed before the tests: nothing may be installed beside them.
    npm_config_ignore_scripts: 'true',
  }
  const npm = startProcess(t, 'npm', ['start'], settings, true)
  t.teardown(() => killGroup(npm, 'SIGKILL'))
  const [, url = ''] = await npm.waitFor(/"address":"([^"]+)"/)
  t.is(url, `http://127.0.0.1:${port}`)
  return { npm, url }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

function killGroup({ child }: Running, signal: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid ?? 0), signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The processes of its group that are still there. */
function leftOver({ child }: Running): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      const [state, , group] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      return state !== 'Z' && group === String(child.pid)
    } catch {
      return false
    }
  })
}

const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('SIGTERM to npm alone drains the server, exits 0 and leaves no child', async (t) => {
  const { npm, url } = await npmStart(t)
  t.is(leftOver(npm).length, 2, 'npm and the server, and no shell between them')
  const request = await beginRequest(url)
  await signalHeard(url, () => npm.child.kill('SIGTERM'))
  t.is((await request.finish())?.body.code, 'invalid_credentials')
  t.like(await npm.ended, { code: 0, signal: null })
  t.deepEqual(leftOver(npm), [])
})

onLinux('Ctrl-C, which npm and the server both hear, drains as well and leaves no child', async (t) => {
  const { npm, url } = await npmStart(t)
  const request = await beginRequest(url)
  await signalHeard(url, () => killGroup(npm, 'SIGINT'))
  t.is((await request.finish())?.body.code, 'invalid_credentials')
  t.like(await npm.ended, { code: 0, signal: null })
  t.deepEqual(leftOver(npm), [])
})
