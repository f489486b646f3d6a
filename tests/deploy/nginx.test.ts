import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess } from '../helpers/processes.ts'
import { frontAt, type Place, preparePlace } from '../helpers/proxies.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { hasTool } from '../helpers/tools.ts'
import { type Behind, type StartFront, testProxy } from './proxy-rules.ts'

const shipped = readFileSync(join(projectFolder, 'deploy', 'nginx.conf'), 'utf8')

/** The file as it is shipped, with this place's addresses, ports and certificate. */
function configure({ port, upstreamPort, certificateFile, keyFile }: Place, behind?: Behind): string {
  const configured = shipped
    .replace('127.0.0.1:3000', `127.0.0.1:${upstreamPort}`)
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('listen 80;', `listen 127.0.0.9:${port};`)
    .replaceAll(/^ *listen \[::\].*\n/gm, '')
    .replace(/(ssl_certificate) .*;/, `$1 ${certificateFile};`)
    .replace(/(ssl_certificate_key) .*;/, `$1 ${keyFile};`)
  return behind === undefined ? configured : withCdn(configured, behind)
}

const withCdn = (text: string, { cdn }: Behind): string =>
  text.replaceAll(/#(set_real_ip_from|real_ip)/g, '$1').replace('192.0.2.0/24', cdn)

/** What stands around the file in the system's own nginx.conf; one process, so that none is left behind. */
const around = (folder: string, file: string): string => `
  daemon off;
  master_process off;
  pid ${folder}/pid;
  error_log stderr notice;
  events {}
  http {
    access_log off;
    client_body_temp_path ${folder}/body;
    proxy_temp_path ${folder}/proxy;
    fastcgi_temp_path ${folder}/fastcgi;
    uwsgi_temp_path ${folder}/uwsgi;
    scgi_temp_path ${folder}/scgi;
    include ${file};
  }`

const start: StartFront = async (t, upstream, behind) => {
  if (!hasTool(t, 'nginx') || !hasTool(t, 'openssl')) return undefined
  const place = await preparePlace(t, upstream)
  const [main, file] = [join(place.folder, 'nginx.conf'), join(place.folder, 'guestlist.conf')]
  writeFileSync(file, configure(place, behind))
  writeFileSync(main, around(place.folder, file))
  const path = `${process.env.PATH}:/usr/sbin`
  const command = ['exec nginx -e stderr -p "$1" -c "$2" 2>&1', 'sh', place.folder, main]
  // It says this once it listens.
  await startProcess(t, 'sh', ['-c', ...command], { PATH: path }).waitFor(/using the "epoll" event method|OS: /)
  return frontAt(place)
}

testProxy('nginx', start)
