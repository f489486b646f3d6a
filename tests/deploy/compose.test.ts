import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { parseConfig } from '../../server/config.ts'
import { readStages, textOf } from '../helpers/dockerfile.ts'
import { projectFolder } from '../helpers/source-files.ts'

const file = join(projectFolder, 'deploy', 'compose.yaml')
const named = readFileSync(file, 'utf8').replaceAll(/\$\{GUESTLIST_NAME:\?[^}]*\}/g, 'auth.chat.example')
const { services, volumes } = parse(named)
const { guestlist, caddy } = services
const [, image] = readStages()

test('only Caddy is reached from outside, and neither can do more than it must', (t) => {
  t.deepEqual(Object.keys(services), ['guestlist', 'caddy'])
  t.false('ports' in guestlist || 'network_mode' in guestlist)
  t.deepEqual(caddy.ports, ['80:80', '443:443', '443:443/udp'])
  for (const service of [guestlist, caddy]) {
    t.like(service, { read_only: true, cap_drop: ['ALL'], restart: 'unless-stopped' })
    t.deepEqual(service.security_opt, ['no-new-privileges:true'])
    t.false('privileged' in service)
  }
  t.is(guestlist.cap_add, undefined)
  t.deepEqual(caddy.cap_add, ['NET_BIND_SERVICE'])
})

test('the server is told of its proxy, and the proxy of the server', (t) => {
  const environment = Object.fromEntries(
    textOf(image, 'ENV')
      .split(' ')
      .map((pair) => pair.split('=')),
  )
  const config = parseConfig({ ...environment, ...guestlist.environment })
  t.like(config, { trustProxy: 1, publicUrl: 'https://auth.chat.example', host: '0.0.0.0', rateLimits: true })
  t.is(config.backupEveryMs, 24 * 3_600_000)
  t.like(caddy.environment, { GUESTLIST_NAME: 'auth.chat.example', GUESTLIST_UPSTREAM: `guestlist:${config.port}` })
  t.is(guestlist.user, textOf(image, 'USER'))
})

test('what has to outlive a container lies in a volume', (t) => {
  t.deepEqual(guestlist.volumes, [`guestlist-data:${textOf(image, 'VOLUME')}`])
  const mounts: string[] = [...guestlist.volumes, ...caddy.volumes]
  for (const [source = ''] of mounts.map((mount) => mount.split(':'))) {
    t.true(source.startsWith('.') ? existsSync(join(projectFolder, 'deploy', source)) : source in volumes, source)
  }
  t.true(existsSync(join(projectFolder, 'deploy', guestlist.build.context, guestlist.build.dockerfile)))
})

test('Docker itself understands the file, where it is there', (t) => {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'pipe' })
  } catch {
    t.log('left out: there is no docker compose')
    return t.pass()
  }
  const env = { ...process.env, GUESTLIST_NAME: 'auth.chat.example' }
  t.notThrows(() => execFileSync('docker', ['compose', '--file', file, 'config', '--quiet'], { env, stdio: 'pipe' }))
})
