import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { assertFailure } from '../helpers/commands.ts'
import { type Running, startScript } from '../helpers/processes.ts'
import { send } from '../helpers/send.ts'

const runShell = async (script: string): Promise<string> => (await promisify(execFile)('sh', ['-c', script])).stdout

async function startDev(t: ExecutionContext, settings: Record<string, string> = {}): Promise<Running> {
  const dev = startScript(t, 'scripts/guestlist.ts', ['dev'], {
    PORT: '0',
    PUBLIC_URL: 'http://localhost:3000',
    ...settings,
  })
  await dev.waitFor(/oauth\/accounts\/account-id.*\n/)
  return dev
}

test('the development server prints every call of the seed page ready to paste, and each is answered', async (t) => {
  const dev = await startDev(t)
  const alice = /^ALICE=.+$/m.exec(dev.stdout())?.[0]
  const calls = [...dev.stdout().matchAll(/^curl .+$/gm)].map(([call]) => call)
  t.is(calls.length, 9)
  const answers: string[] = []
  for (const call of calls) answers.push(await runShell(`${alice}\n${call}`))
  const [me, updated, bob, carol, login, refreshed, disconnected, accounts, unlinked] = answers.map((text) =>
    text === '' ? undefined : JSON.parse(text),
  )
  t.like(me, { username: 'alice' })
  t.like(updated, { displayName: 'New Name' })
  t.is(bob.username, 'bob')
  t.is(carol.user.username, 'carol')
  t.is(login.user.username, 'alice')
  t.is(typeof refreshed.token, 'string')
  t.is(disconnected, undefined)
  t.deepEqual(accounts, [])
  t.is(unlinked.code, 'not_found')
})

test('the development server has alice, bob and a bot, takes short passwords, and is generous', async (t) => {
  const dev = await startDev(t)
  const [, url = ''] = await dev.waitFor(/for development on (\S+),/)
  for (const name of ['alice', 'bob', 'bot']) {
    const token = new RegExp(`^${name.toUpperCase()}=(.+)$`, 'm').exec(dev.stdout())?.[1] ?? ''
    const me = await send(url, 'GET', '/api/auth/me', { token })
    t.like(me.body, { username: name, isBot: name === 'bot' })
  }
  for (let count = 0; count < 12; count += 1) {
    const body = {
      email: `user${count}@example.com`,
      username: `user${count}`,
      password: 'kiwi-tram',
      inviteCode: 'ABC123',
    }
    t.is((await send(url, 'POST', '/api/auth/register', { body })).status, 201)
  }
})

test('as soon as the development server is ready, its people and its invite are there', async (t) => {
  const dev = startScript(t, 'scripts/guestlist.ts', ['dev'], {
    PORT: '0',
    PUBLIC_URL: 'http://localhost:3000',
    LOG_LEVEL: 'info',
  })
  const [, url = ''] = await dev.waitFor(/"address":"([^"]+)"/)
  const body = { email: 'alice@example.com', password: 'secure-password' }
  t.is((await send(url, 'POST', '/api/auth/login', { body })).status, 200)
  const check = await send(url, 'POST', '/api/auth/invites/check', { body: { inviteCode: 'ABC123' } })
  t.is(check.status, 200)
})

test("the development server's data file goes with it", async (t) => {
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    const dev = await startDev(t)
    const [, file = ''] = await dev.waitFor(/^Data file: (\S+) \(temporary/m)
    t.true(existsSync(file))
    dev.child.kill(signal)
    t.is((await dev.ended).code, 0)
    t.false(existsSync(dirname(file)))
  }
})

test('the development server refuses any address but loopback', async (t) => {
  for (const HOST of ['0.0.0.0', '::', '192.0.2.1', 'chat.example']) {
    assertFailure(t, await startScript(t, 'scripts/guestlist.ts', ['dev'], { HOST }).ended, /HOST must be loopback/)
  }
})
