import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { anyPort, getBinary, installBinary, startBinary, waitForAddress } from '../helpers/binary.ts'
import { send } from '../helpers/send.ts'
import { hasTool } from '../helpers/tools.ts'

/** What it looks at outside its own folders, and who asks for it. */
const allowed: Readonly<Record<string, RegExp>> = {
  'the loader and the C library': /^(\/usr)?\/lib(64)?\/|^\/etc\/ld\.so\.(cache|preload)$/,
  'the time zone': /^\/etc\/localtime$|^\/usr\/share(\/zoneinfo(\/.*)?)?$|^\/usr$|^\/etc$/,
  'how names are resolved: c-ares and the C library':
    /^\/etc\/(resolv|nsswitch|netsvc|svc|host|gai)\.conf$|^\/etc\/hosts$/,
  'OpenSSL, which Node starts with the settings of the system': /^\/etc\/ssl\/openssl\.cnf$/,
  'how much memory and how many processors there are: libuv and V8':
    /^\/proc\/(meminfo|version_signature|self\/(maps|cgroup|exe|stat))$|^\/sys\/fs\/cgroup\/|^\/sys\/devices\/system\/cpu\//,
  'what it may take of the machine, and where its data file is mounted': /^\/proc\/self\/(limits|status|fd|mountinfo)$/,
  'the kernel itself': /^\/dev\/(null|urandom)$/,
}

test('it opens nothing outside its folders but what the system’s libraries ask for', async (t) => {
  const binary = await getBinary(t)
  if (binary === undefined || !hasTool(t, 'strace')) return
  const place = installBinary(t, binary)
  const trace = join(place.folder, 'trace')
  const traced = { folder: place.folder, program: 'strace' }
  const options = ['-f', '-qq', '-s', '4096', '-o', trace, '-e', 'trace=%file', place.program]
  const settings = { ...anyPort, PATH: process.env.PATH ?? '' }
  const running = startBinary(t, traced, [...options, 'serve'], settings)
  const url = await waitForAddress(running)
  t.is((await send(url, 'GET', '/docs/swagger-ui.css')).status, 200)
  t.is((await send(url, 'GET', '/openapi.json')).status, 200)
  const refused = { email: 'a@example.com', username: 'alice', password: 'secure-password', inviteCode: 'NOSUCHCODE' }
  t.is((await send(url, 'POST', '/api/auth/register', { body: refused })).status, 403)
  // strace itself lets no signal through.
  process.kill(Number(/^\d+/.exec(readFileSync(trace, 'utf8'))?.[0]), 'SIGTERM')
  await running.ended
  const lines = readFileSync(trace, 'utf8').split('\n')
  const paths = new Set(lines.flatMap((line) => /^\d+ +\w+\((?:AT_FDCWD, )?"([^"]+)"/.exec(line)?.[1] ?? []))
  t.true(paths.has(join(place.folder, 'data', 'guestlist.db')), 'the trace sees files')
  t.deepEqual(
    [...paths].filter((path) => !isOwn(path, place) && !Object.values(allowed).some((pattern) => pattern.test(path))),
    [],
  )
})

/** Its program, its folder, and the folders above them, which SQLite looks at for links. */
function isOwn(path: string, { folder, program }: { folder: string; program: string }): boolean {
  return path === program || path === folder || path.startsWith(`${folder}/`) || folder.startsWith(`${path}/`)
}
