import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const script = join('scripts', 'test-server.ts')
// Where the checkout begins if this package lies in one, as clients/typescript.
const around = fileURLToPath(new URL('../../../../', import.meta.url))

/**
 * The folder of the Guestlist checkout whose server is to be started: the given one, that of the environment variable
 * GUESTLIST_SERVER, or the one that holds this package.
 *
 * @throws Error which says what to set
 */
export function findServerFolder(given: string | undefined): string {
  if (given !== undefined) return checked(given, 'The option server')
  const { GUESTLIST_SERVER } = process.env
  if (GUESTLIST_SERVER) return checked(GUESTLIST_SERVER, 'GUESTLIST_SERVER')
  if (existsSync(join(around, script))) return around
  throw new Error(
    'startGuestlist needs a checkout of Guestlist: give its folder as the option server, or set GUESTLIST_SERVER to it.',
  )
}

function checked(folder: string, name: string): string {
  if (existsSync(join(folder, script))) return resolve(folder)
  throw new Error(`${name} must be the folder of a Guestlist checkout, but ${resolve(folder)} holds no ${script}.`)
}
