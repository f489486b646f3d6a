import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { GuestlistClient } from '@guestlist/client'
import test from 'ava'
import {
  anyPort,
  getBinary,
  installBinary,
  ownCache,
  startBinary,
  waitForAddress,
  waitForInvite,
} from '../helpers/binary.ts'
import { argon2Hash, bcryptHash } from '../helpers/foreign-hashes.ts'
import { manyRows } from '../helpers/import-files.ts'
import { goodPassword, registration } from '../helpers/people.ts'
import { send } from '../helpers/send.ts'
import { projectFolder } from '../helpers/source-files.ts'

const run = promisify(execFile)

test('out of a read-only folder, without rights and with an empty environment, it does its main job', async (t) => {
  const binary = await getBinary(t)
  if (binary === undefined) return
  const place = installBinary(t, binary)
  const running = startBinary(t, place, ['serve'], anyPort)
  const url = await waitForAddress(running)
  const inviteCode = await waitForInvite(running)
  const registered = await send(url, 'POST', '/api/auth/register', { body: registration({ inviteCode }) })
  t.is(registered.status, 201, registered.text)
  const again = registration({ inviteCode, username: 'bob', email: 'bob@example.com' })
  t.is((await send(url, 'POST', '/api/auth/register', { body: again })).body.code, 'invite_used_up')
  const login = await send(url, 'POST', '/api/auth/login', {
    body: { email: 'alice@example.com', password: goodPassword },
  })
  t.is(login.status, 200, login.text)
  const me = await send(url, 'GET', '/api/auth/me', { token: login.body.token })
  t.is(me.body.username, 'alice')
  const refreshed = await send(url, 'POST', '/api/auth/refresh', { token: login.body.token })
  t.is(refreshed.status, 200, refreshed.text)
  const { token } = refreshed.body
  t.is((await send(url, 'POST', '/api/auth/disconnect', { token })).status, 204)
  t.is((await send(url, 'GET', '/openapi.json')).body.openapi, '3.1.0')
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    t.true((await send(url, 'GET', `/docs/${file}`)).text.length > 100_000, file)
  }
  running.child.kill('SIGTERM')
  const { code, stderr } = await running.ended
  t.is(code, 0)
  t.is(stderr, '')
  t.deepEqual(readdirSync(place.folder), ['data'], 'it writes its data file and nothing beside it')
  t.deepEqual(readdirSync(join(place.folder, 'data')).sort(), [ownCache, 'guestlist.db'])
})

test('a common password is known to it, and commands work on its data file while it runs', async (t) => {
  const binary = await getBinary(t)
  if (binary === undefined) return
  const place = installBinary(t, binary)
  const running = startBinary(t, place, ['serve'], anyPort)
  const url = await waitForAddress(running)
  const minted = await startBinary(t, place, ['invites', 'mint', '--json']).ended
  const [{ code: inviteCode }] = JSON.parse(minted.stdout)
  const weak = registration({ inviteCode, password: 'qwerty123456789' })
  t.is((await send(url, 'POST', '/api/auth/register', { body: weak })).body.code, 'weak_password')
  t.is((await send(url, 'POST', '/api/auth/register', { body: registration({ inviteCode }) })).status, 201)
  const version = await startBinary(t, place, ['version', '--json']).ended
  t.like(JSON.parse(version.stdout), { node: process.versions.node, platform: 'linux-x64', binary: true })
})

test('people of other systems are imported into it while it runs, and sign in with their old passwords', async (t) => {
  const binary = await getBinary(t)
  if (binary === undefined) return
  const place = installBinary(t, binary)
  const running = startBinary(t, place, ['serve'], anyPort)
  const url = await waitForAddress(running)
  const people = await Promise.all([bcryptHash('the password of person0'), argon2Hash('the password of person1')])
  const hashes = people.map(({ hash }) => hash)
  const importing = startBinary(t, place, ['import', '-', '--format', 'csv'])
  importing.child.stdin?.end(manyRows(2, hashes))
  t.is((await importing.ended).code, 0, importing.stderr())
  for (const [number, { password }] of people.entries()) {
    const email = `person${number}@example.com`
    const wrong = { email, password: `${password}x` }
    t.is((await send(url, 'POST', '/api/auth/login', { body: wrong })).body.code, 'invalid_credentials')
    t.is((await send(url, 'POST', '/api/auth/login', { body: { email, password } })).status, 200)
  }
  running.child.kill('SIGTERM')
  t.is((await running.ended).code, 0, 'a thread that waits for bcrypt keeps nothing open')
})

test('the TypeScript client and the Python client work against it', async (t) => {
  const binary = await getBinary(t)
  if (binary === undefined) return
  const place = installBinary(t, binary)
  const running = startBinary(t, place, ['serve'], { ...anyPort, LOG_LEVEL: 'info' })
  const url = await waitForAddress(running)
  const { stdout } = await startBinary(t, place, ['invites', 'mint', '--count', '2', '--json']).ended
  const [first, second] = JSON.parse(stdout).map(({ code }: { code: string }) => code)
  const client = new GuestlistClient({ baseUrl: url })
  const { user } = await client.register({
    email: 'alice@example.com',
    password: goodPassword,
    username: 'alice',
    inviteCode: first,
  })
  t.deepEqual(await client.getMe(), user)
  await client.refreshToken()
  await client.disconnect()

  const python = join(projectFolder, 'clients', 'python', '.venv', 'bin', 'python')
  if (!existsSync(python) && process.env.CI !== 'true') {
    return t.log('the Python client is left out: npm run test:python makes its virtual environment')
  }
  await run(process.execPath, ['scripts/test-python.mjs', '--install-only'], { cwd: projectFolder })
  const script = `
import sys
from guestlist import GuestlistClient
client = GuestlistClient(sys.argv[1])
client.register(email="bob@example.com", password=sys.argv[3], username="bob", invite_code=sys.argv[2])
client.refresh_token()
print(client.get_me()["username"])
client.disconnect()
`
  const printed = await run(python, ['-c', script, url, second, goodPassword])
  t.is(printed.stdout, 'bob\n')
})
