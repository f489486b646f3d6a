import test, { type ExecutionContext } from 'ava'
import { openReadOnly } from '../../db/open-read-only.ts'
import { runCommand } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { assertProblem, registration } from '../helpers/people.ts'
import { type ServerProcess, startProcess, startServerProcess } from '../helpers/processes.ts'
import { hasTool } from '../helpers/tools.ts'
import { waitUntil } from '../helpers/wait-until.ts'

/** From now on what the server wants on the disk does not get there: each fsync fails, as of a disk that is broken. */
async function breakDisk(t: ExecutionContext, server: ServerProcess): Promise<void> {
  const inject = 'inject=fsync,fdatasync:error=EIO'
  const strace = startProcess(t, 'strace', [
    '-f',
    '-p',
    String(server.child.pid),
    '-e',
    'trace=fsync,fdatasync',
    '-e',
    inject,
  ])
  await waitUntil(() => /attached/.test(strace.stderr()))
}

async function mint(t: ExecutionContext, file: string): Promise<string> {
  const { stdout } = await runCommand(t, file, ['invites', 'mint', '--uses', '2', '--json'])
  return JSON.parse(stdout)[0].code
}

async function look(file: string): Promise<{ users: number; uses: number }> {
  const db = openReadOnly(file)
  try {
    const users = await db.selectFrom('users').select('id').execute()
    const invites = await db.selectFrom('invites').select('uses').execute()
    return { users: users.length, uses: invites.reduce((sum, { uses }) => sum + uses, 0) }
  } finally {
    await db.destroy()
  }
}

for (const end of ['stops in order', 'is killed'] as const) {
  test(`a commit that fails on its way to the disk is told as unknown, and a retry heals it, when the server ${end}`, async (t) => {
    if (!hasTool(t, 'strace')) return
    const file = newDataFile(t)
    const server = await startServerProcess(t, file, { LOG_LEVEL: 'info' })
    const inviteCode = await mint(t, file)
    const body = registration({ inviteCode })
    const headers = { 'idempotency-key': 'the-same-each-time' }
    await breakDisk(t, server)
    const answer = await server.request('POST', '/api/auth/register', { body, headers })
    assertProblem(t, answer, 503, 'outcome_unknown')
    t.notRegex(answer.body.detail, /nothing was written/i)
    t.regex(answer.body.detail, /nobody knows/)
    if (end === 'is killed') server.child.kill('SIGKILL')
    const { code, stdout } = await server.ended
    if (end === 'stops in order') {
      t.is(code, 74)
      t.regex(stdout, /"level":"fatal".*commit\.outcome_unknown/)
    }
    const restarted = await startServerProcess(t, file, { LOG_LEVEL: 'info' })
    const again = await restarted.request('POST', '/api/auth/register', { body, headers })
    t.is(again.status, 201, again.text)
    const { email, password } = body
    t.is((await restarted.request('POST', '/api/auth/login', { body: { email, password } })).status, 200)
    t.deepEqual(await look(file), { users: 1, uses: 1 })
  })
}

test('from a failed commit on nothing is written any more: others are told so, and the server is not ready', async (t) => {
  if (!hasTool(t, 'strace')) return
  const file = newDataFile(t)
  const server = await startServerProcess(t, file, { LOG_LEVEL: 'info' })
  const inviteCode = await mint(t, file)
  await breakDisk(t, server)
  // All are under way before the first of them fails.
  const answers = await Promise.all(
    ['alice', 'bob'].map((name) =>
      server.request('POST', '/api/auth/register', {
        body: registration({ inviteCode, username: name, email: `${name}@example.com` }),
      }),
    ),
  )
  const codes = answers.map(({ body }) => body.code).sort()
  t.deepEqual(codes, ['database_unavailable', 'outcome_unknown'])
  t.is((await server.ended).code, 74)
})
