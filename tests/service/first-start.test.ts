import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { describeDataFile, describeFirstStart } from '../../server/first-start.ts'
import { checkInvite } from '../helpers/account-requests.ts'
import { connectBeside } from '../helpers/data-files.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServerProcess } from '../helpers/processes.ts'
import { startServer, type TestServer, temporaryFolder } from '../helpers/start-server.ts'

const printAtStart = (server: TestServer): Promise<string | undefined> =>
  describeFirstStart(server.auth.deps, { address: server.url, mintCommand: 'npm run seed' })

const codeIn = (text: string | undefined): string => /[0-9A-Z]{5}(-[0-9A-Z]{5}){4}/.exec(text ?? '')?.[0] ?? ''

test('the first start prints an invite and a command that registers with it, as it stands', async (t) => {
  const file = join(temporaryFolder(t), 'data', 'guestlist.db')
  const server = await startServerProcess(t, file)
  const [command] = await server.waitFor(/curl [\s\S]*'$/m)
  t.regex(server.stdout(), new RegExp(`^Data file: ${file} \\(0 users, 0 sessions, 1 invite\\)$`, 'm'))
  t.true(command.includes(`${server.url}/api/auth/register`))
  const { stdout } = await promisify(execFile)('sh', ['-c', command])
  const answer = JSON.parse(stdout)
  t.is(answer.user.username, 'alice')
  const { token } = answer
  t.is((await server.request('GET', '/api/auth/me', { token })).status, 200)
  const again = await promisify(execFile)('sh', ['-c', command])
  t.is(JSON.parse(again.stdout).code, 'invite_used_up')
  const [invite] = connectBeside(t, file).prepare('SELECT uses, max_uses, is_first_start, note FROM invites').all()
  t.deepEqual(invite, { uses: 1, max_uses: 1, is_first_start: 1, note: 'first start' })
})

test('another start without users prints another code, and the one before is revoked', async (t) => {
  const server = await startServer(t)
  const kept = await server.mintInvite(1)
  const printed = await printAtStart(server)
  t.true(printed?.includes(`More codes: DATABASE_URL=file://${server.file} npm run seed\n`), 'for this data file')
  const first = codeIn(printed)
  const second = codeIn(await printAtStart(server))
  t.not(first, second)
  assertProblem(t, await checkInvite(server, first), 403, 'invite_invalid')
  t.is((await checkInvite(server, second)).status, 200)
  t.is((await checkInvite(server, kept)).status, 200, 'what the operator minted stays')
  server.clock.advance(7 * 86_400_000)
  assertProblem(t, await checkInvite(server, second), 403, 'invite_expired')
})

test('a start with users prints no code and revokes none', async (t) => {
  const server = await startServer(t)
  const unused = codeIn(await printAtStart(server))
  await registerPerson(server)
  t.is(await printAtStart(server), undefined)
  t.is((await checkInvite(server, unused)).status, 200)
  t.is(server.query('SELECT id FROM invites').length, 2)
})

test('the data file is named with what is in it', async (t) => {
  const server = await startServer(t)
  t.is(await describeDataFile(server.auth.deps), `Data file: ${server.file} (0 users, 0 sessions, 0 invites)`)
  await registerPerson(server, 'alice')
  t.is(await describeDataFile(server.auth.deps), `Data file: ${server.file} (1 user, 1 session, 1 invite)`)
  await registerPerson(server, 'bob')
  t.is(await describeDataFile(server.auth.deps), `Data file: ${server.file} (2 users, 2 sessions, 2 invites)`)
})

test('with INVITE_URL the link is printed, and the command still works', async (t) => {
  const server = await startServer(t, { settings: { INVITE_URL: 'https://chat.example/join' } })
  const text = await printAtStart(server)
  t.true(text?.includes(`https://chat.example/join#invite=${codeIn(text)}\n`))
  t.true(text?.includes(`"inviteCode":"${codeIn(text)}"`))
})

test('the printed password passes the rule of any server, and is another each time', async (t) => {
  const passwords = new Set<string>()
  for (const PASSWORD_MIN_LENGTH of ['8', '15', '64']) {
    const server = await startServer(t, { settings: { PASSWORD_MIN_LENGTH } })
    const json = /-d '(.*)'/.exec((await printAtStart(server)) ?? '')?.[1] ?? ''
    passwords.add(JSON.parse(json).password)
    t.is((await server.request('POST', '/api/auth/register', { body: json })).status, 201, PASSWORD_MIN_LENGTH)
  }
  t.is(passwords.size, 3)
})

test('neither the code nor the password of the first start is logged or stored', async (t) => {
  const server = await startServer(t)
  const text = await printAtStart(server)
  const code = codeIn(text)
  t.not(code, '')
  t.false(server.log().includes(code))
  t.false(JSON.stringify(server.query('SELECT * FROM invites')).includes(code.slice(6)))
})
