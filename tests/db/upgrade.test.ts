import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { newestVersion } from '../../db/migrate.ts'
import { runCommand } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { startServerProcess } from '../helpers/processes.ts'
import { projectFolder } from '../helpers/source-files.ts'

test('a data file of the first schema is upgraded: its people sign in, its invites and keys are good', async (t) => {
  const file = newDataFile(t)
  copyFileSync(join(projectFolder, 'tests', 'db', 'files', 'schema-1.db'), file)
  const server = await startServerProcess(t, file)
  for (const name of ['alice', 'bob']) {
    const body = { email: `${name}@example.com`, password: `secure-password-of-${name}` }
    const { status, body: signedIn } = await server.request('POST', '/api/auth/login', { body })
    t.is(status, 200)
    t.is((await server.request('GET', '/api/auth/me', { token: signedIn.token })).body.username, name)
  }
  const invite = await server.request('POST', '/api/auth/invites/check', { body: { inviteCode: 'ABC123' } })
  t.deepEqual(invite.body, { expiresAt: null, usesLeft: 3 })
  const keys = (await server.request('GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid)
  t.true(keys.includes('t8uV9QAu_5g093t2NV0ZVF8elv8BkR5PcgZOlfrkGw0'))
  const { stdout } = await runCommand(t, file, ['audit', 'list', '--json'])
  t.deepEqual(
    JSON.parse(stdout).map(({ sequence, event }: { sequence: number; event: string }) => [sequence, event]),
    [
      [4, 'password.reset_code_made'],
      [3, 'signing_key.rotated'],
      [2, 'account.registered'],
      [1, 'account.registered'],
    ],
  )
  t.is((await runCommand(t, file, ['audit', 'verify'])).code, 0)
  t.true(newestVersion > 1)
})
