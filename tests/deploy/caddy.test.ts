import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess } from '../helpers/processes.ts'
import { frontAt, type Place, preparePlace, siteName } from '../helpers/proxies.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { hasTool } from '../helpers/tools.ts'
import { type Behind, type StartFront, testProxy } from './proxy-rules.ts'

const shipped = readFileSync(join(projectFolder, 'deploy', 'Caddyfile'), 'utf8')

/** The file as it is shipped, with a certificate of our own; name and ports come from the environment, as they may. */
function configure({ folder, certificateFile, keyFile }: Place, behind?: Behind): string {
  const configured = shipped.replace(/^\{\$GUESTLIST_NAME.*\{$/m, `$&\n\ttls ${certificateFile} ${keyFile}`)
  return around(folder) + (behind === undefined ? configured : withCdn(configured, behind))
}

const withCdn = (text: string, { cdn }: Behind): string =>
  text.replace('#trusted_proxies', 'trusted_proxies').replace('192.0.2.0/24', cdn)

/** It asks nobody for a certificate, listens on loopback only, and lets nobody steer it. */
const around = (folder: string): string => `{
  admin off
  auto_https off
  default_bind 127.0.0.1
  storage file_system ${folder}/storage
  servers {
    protocols h1 h2
  }
}
`

const start: StartFront = async (t, upstream, behind) => {
  if (!hasTool(t, 'caddy') || !hasTool(t, 'openssl')) return undefined
  const place = await preparePlace(t, upstream)
  const file = join(place.folder, 'Caddyfile')
  writeFileSync(file, configure(place, behind))
  const settings = {
    HOME: place.folder,
    GUESTLIST_NAME: `https://${siteName}:${place.port}`,
    GUESTLIST_UPSTREAM: `127.0.0.1:${place.upstreamPort}`,
  }
  const command = ['exec caddy run --adapter caddyfile --config "$1" 2>&1', 'sh', file]
  await startProcess(t, 'sh', ['-c', ...command], settings).waitFor(/serving initial configuration/)
  return frontAt(place)
}

testProxy('Caddy', start)
