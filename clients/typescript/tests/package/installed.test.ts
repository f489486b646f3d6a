import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { startGuestlist } from '../../src/testing/index.ts'
import { chromiumPath, startBrowser } from '../helpers/browser.ts'
import { findNode22 } from '../helpers/node-22.ts'
import { bareEnvironment, installPacked, run, temporaryFolder } from '../helpers/packed.ts'
import { readmeBlock, scoped } from '../helpers/readme.ts'

/** The README's own lines: register, ask who one is, refresh, and verify as a backend does. */
const mainJob = [
  readmeBlock('const client = new GuestlistClient({ baseUrl: '),
  readmeBlock('client.register({'),
  scoped(readmeBlock('client.getMe()')),
  scoped(readmeBlock('client.refreshToken()')),
  readmeBlock('createVerifier({ issuer'),
].join('\n')

const folder = temporaryFolder(test)
let project = ''

test.before('install', async () => {
  project = await installPacked(folder)
})

async function startServer(t: ExecutionContext) {
  const guestlist = await startGuestlist({ settings: { PASSWORD_MIN_LENGTH: '15' } })
  t.teardown(guestlist.stop)
  await guestlist.mintInvite({ code: 'ABC123' })
  return { ...guestlist, mainJob: mainJob.replaceAll('http://localhost:3000', guestlist.url) }
}

async function runMainJob(t: ExecutionContext, node: string): Promise<void> {
  const server = await startServer(t)
  const version = node === process.execPath ? 'v24' : 'v22'
  const outcome = `console.log(process.version.split('.')[0], userId === user.id, user.username)\n`
  writeFileSync(join(project, `${version}.js`), server.mainJob + outcome)
  t.is(await run(project, node, [`${version}.js`], bareEnvironment(project)), `${version} true alice\n`)
}

test('installed in an empty project, it does its main job in Node 24', async (t) => {
  await runMainJob(t, process.execPath)
})

test('installed in an empty project, it does its main job in Node 22', async (t) => {
  const node = await findNode22(t)
  if (node === undefined) return t.pass()
  await runMainJob(t, node)
})

test('its types hold in an empty project, without those of Node', async (t) => {
  writeFileSync(join(project, 'main.ts'), mainJob)
  const tsc = join(import.meta.dirname, '..', '..', '..', '..', 'node_modules', '.bin', 'tsc')
  const flags = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022,dom', '--types', '']
  for (const modules of [
    ['--module', 'nodenext'],
    ['--module', 'esnext', '--moduleResolution', 'bundler'],
  ]) {
    await t.notThrowsAsync(run(project, tsc, [...flags, ...modules, 'main.ts'], bareEnvironment(project)))
  }
})

test('away from a checkout, what starts a server says what to set', async (t) => {
  const script = `
    import { startGuestlist } from '@guestlist/client/testing'
    await startGuestlist().catch((error) => console.log(error.message))`
  writeFileSync(join(project, 'testing.js'), script)
  const ask = (env: object) => run(project, process.execPath, ['testing.js'], { ...bareEnvironment(project), ...env })
  t.regex(await ask({}), /the option server, or set GUESTLIST_SERVER/)
  t.regex(await ask({ GUESTLIST_SERVER: project }), /^GUESTLIST_SERVER must be .* holds no scripts\/test-server\.ts/)
})

/** Serves a page that runs a script, and the project's packages by their names. */
async function servePage(t: ExecutionContext, script: string): Promise<string> {
  const imports = {
    '@guestlist/client': '/@guestlist/client/dist/index.js',
    '@guestlist/client/verify': '/@guestlist/client/dist/verify/index.js',
    jose: '/jose/dist/webapi/index.js',
  }
  const page = `<!doctype html><title>A page</title>
    <script type="importmap">${JSON.stringify({ imports })}</script><script type="module">${script}</script>`
  const server = createServer(({ url = '' }, response) => {
    if (!/^\/[\w@/.-]+\.js$/.test(url)) return response.setHeader('content-type', 'text/html').end(page)
    response.setHeader('content-type', 'text/javascript').end(readFileSync(join(project, 'node_modules', url)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const browserTest = chromiumPath === undefined && process.env.CI !== 'true' ? test.skip : test

browserTest('installed in an empty project, it does its main job in a browser', async (t) => {
  const [server, browser] = await Promise.all([startServer(t), startBrowser(t)])
  const page = await browser.newPage()
  const failures: string[] = []
  page.on('pageerror', ({ message }) => failures.push(message))
  await page.goto(await servePage(t, `${server.mainJob}\ndocument.title = [userId === user.id, user.username]`))
  await page.waitForFunction(`document.title !== 'A page'`, undefined, { timeout: 10_000 }).catch(() => undefined)
  t.deepEqual(failures, [])
  t.is(await page.title(), 'true,alice')
})
