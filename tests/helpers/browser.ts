import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { type BrowserContext, chromium } from 'playwright-core'
import { projectFolder } from './source-files.ts'

const executablePath = '/usr/bin/chromium'
const clientFolder = join(projectFolder, 'clients', 'typescript', 'dist')

const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * A headless Chromium with an empty profile, closed when the test ends; undefined, and a line in the output, where the
 * machine has none. Under `CI=true` that is a failure.
 */
export async function startBrowser(t: ExecutionContext): Promise<BrowserContext | undefined> {
  if (!existsSync(executablePath)) {
    if (process.env.CI === 'true') throw new Error(`${executablePath} is missing`)
    t.log(`not run: ${executablePath} is missing (Debian: apt-get install chromium)`)
    t.pass()
    return undefined
  }
  const browser = await chromium.launch({ executablePath, headless: true, args: chromiumFlags })
  t.teardown(() => browser.close())
  return await browser.newContext()
}

/** Serves a page that has the client at hand, on a port of its own as an application would. */
export async function servePage(t: ExecutionContext, script: string): Promise<string> {
  const page = `<!doctype html><title>Guestlist</title><script type="module">${script}</script>`
  const server = createServer((request, response) => {
    const module = /^\/client\/([\w-]+\.js)$/.exec(request.url ?? '')?.[1]
    if (module === undefined) return response.setHeader('content-type', 'text/html').end(page)
    response.setHeader('content-type', 'text/javascript').end(readFileSync(join(clientFolder, module)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
