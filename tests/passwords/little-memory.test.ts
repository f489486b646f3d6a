import test from 'ava'
import { seedJson } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { makeMemoryCgroup } from '../helpers/memory-cgroup.ts'
import { goodPassword, registration } from '../helpers/people.ts'
import { serverSettings } from '../helpers/processes.ts'
import { type Answer, send } from '../helpers/send.ts'

const mebibyte = 2 ** 20
const people = 20
const serve = ['--max-semi-space-size=4', 'server/main.ts']

/** On a slow machine some are put off. */
async function sendUntilTaken(url: string, path: string, body: Record<string, unknown>): Promise<Answer> {
  for (;;) {
    const answer = await send(url, 'POST', path, { body })
    if (answer.body.code !== 'overloaded') return answer
  }
}

test.serial(
  'in a cgroup of 128 MiB twenty people who register at once all get in, sign in, and nothing is killed',
  async (t) => {
    const cgroup = makeMemoryCgroup(t, 128 * mebibyte)
    if (cgroup === undefined) return
    t.timeout(120_000, 'a hash takes its time')
    const file = newDataFile(t)
    const [invite] = await seedJson(t, file, ['--uses', String(people)])
    const server = cgroup.start(process.execPath, serve, serverSettings(file))
    const [, url = ''] = await server.waitFor(/"address":"([^"]+)"/)
    const names = Array.from({ length: people }, (_, index) => `person${index}`)
    const registered = await Promise.all(
      names.map((username) => {
        const email = `${username}@example.com`
        const body = registration({ username, email, inviteCode: invite?.code ?? '' })
        return sendUntilTaken(url, '/api/auth/register', body)
      }),
    )
    t.deepEqual(
      registered.map(({ status }) => status),
      names.map(() => 201),
    )
    const signedIn = await Promise.all(
      names.map((username) => {
        const body = { email: `${username}@example.com`, password: goodPassword }
        return sendUntilTaken(url, '/api/auth/login', body)
      }),
    )
    t.deepEqual(
      signedIn.map(({ status }) => status),
      names.map(() => 200),
    )
    const [{ body } = { body: {} }] = signedIn
    const answers = await Promise.all(
      Array.from({ length: 2000 }, () => send(url, 'GET', '/api/auth/me', { token: body.token })),
    )
    t.true(answers.every(({ status }) => status === 200))
    t.is(cgroup.kills(), 0)
    server.child.kill('SIGTERM')
    t.like(await server.ended, { code: 0, signal: null, stderr: '' })
  },
)

test.serial('where there is no memory for one hash, the server says what it needs, and does not start', async (t) => {
  const cgroup = makeMemoryCgroup(t, 100 * mebibyte)
  if (cgroup === undefined) return
  const server = cgroup.start(process.execPath, serve, serverSettings(newDataFile(t)))
  const { code, stdout, stderr } = await server.ended
  t.is(code, 1)
  t.regex(
    stderr,
    /^guestlist: \d+ MiB of memory are left for the server, and it needs 49 to hash one password: give it more [^\n]*\n$/,
  )
  t.notRegex(stdout, /"address"/)
  t.is(cgroup.kills(), 0)
})
