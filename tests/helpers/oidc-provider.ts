import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import { findFreePort } from '../../scripts/find-free-port.ts'
import { startProcess } from './processes.ts'
import { projectFolder } from './source-files.ts'

const clientSecret = 'a-secret-of-the-client'

interface Options {
  /** `localhost` and `127.0.0.1` keep their cookies apart. */
  readonly host: string
  readonly clientAuth: 'client_secret_basic' | 'client_secret_post'
}

/**
 * Starts `oidc-provider` in a process of its own, with one client for the server at this address, and gives the settings
 * with which that one knows it by this name.
 */
export async function startOidcProvider(
  t: ExecutionContext,
  name: string,
  serverUrl: string,
  { host, clientAuth }: Options,
): Promise<Record<string, string>> {
  const issuer = `http://${host}:${await findFreePort()}`
  const client = {
    client_id: 'guestlist',
    client_secret: clientSecret,
    redirect_uris: [`${serverUrl}/api/auth/oauth/${name}/callback`],
    token_endpoint_auth_method: clientAuth,
  }
  const script = `${projectFolder}/tests/helpers/oidc-provider-process.ts`
  const running = startProcess(t, process.execPath, [script], { ISSUER: issuer, CLIENTS: JSON.stringify([client]) })
  await running.waitFor(/listening/)
  const prefix = `OAUTH_${name.toUpperCase()}`
  return {
    [`${prefix}_CLIENT_ID`]: 'guestlist',
    [`${prefix}_CLIENT_SECRET`]: clientSecret,
    [`${prefix}_ISSUER`]: issuer,
  }
}

/** Fills in its pages: the name that one has there, and that the application may know it. */
export async function consentAs(page: Page, name: string): Promise<void> {
  await page.fill('input[name=login]', name)
  await page.fill('input[name=password]', 'any')
  await page.click('button[type=submit]')
  await page.waitForSelector('button[autofocus]')
  await page.click('button[type=submit]')
}
