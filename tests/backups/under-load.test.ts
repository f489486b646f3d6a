import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { restore, usernames } from '../helpers/backups.ts'
import { runCommand, seedJson } from '../helpers/commands.ts'
import { goodPassword, registration } from '../helpers/people.ts'
import { serverSettings, startScript, startServerProcess } from '../helpers/processes.ts'
import { send } from '../helpers/send.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

/** How many requests are under way at once; each worker has an account of its own. */
const workers = 8

/** What a worker has an answer for. */
interface Acknowledged {
  registered: string[]
  /** The number in the display name. */
  name: number
  token: string
}

class Load {
  readonly #url: string
  readonly #inviteCode: string
  readonly states: Acknowledged[] = []
  answers = 0
  #ended = false
  #onAnswer = (): void => {}

  constructor(url: string, inviteCode: string) {
    this.#url = url
    this.#inviteCode = inviteCode
  }

  /** One worker: registers, and then changes its profile, refreshes, and registers others, until the server is gone. */
  async work(number: number): Promise<void> {
    const state: Acknowledged = { registered: [], name: 0, token: '' }
    this.states[number] = state
    const username = `worker${number}`
    state.token = (await this.#register(username)).token
    state.registered.push(username)
    for (let round = 1; !this.#ended; round += 1) {
      const body = { displayName: `Name ${round}` }
      await this.#send('PATCH', '/api/auth/me', { token: state.token, body })
      state.name = round
      state.token = (await this.#send('POST', '/api/auth/refresh', { token: state.token })).token
      await this.#send('GET', '/api/auth/me', { token: state.token })
      if (round % 5 !== 0) continue
      const other = `${username}-${round}`
      await this.#register(other)
      state.registered.push(other)
    }
  }

  async waitForAnswers(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onAnswer = () => {
        if (this.answers >= count) resolve()
      }
    })
  }

  /** From now on a broken connection is what was to be expected. */
  end(): void {
    this.#ended = true
  }

  async #register(username: string) {
    const body = registration({ username, email: `${username}@example.com`, inviteCode: this.#inviteCode })
    return await this.#send('POST', '/api/auth/register', { body })
  }

  async #send(method: string, path: string, options: Parameters<typeof send>[3]) {
    const answer = await send(this.#url, method, path, options)
    if (answer.status >= 400) throw new Error(answer.text)
    this.answers += 1
    this.#onAnswer()
    return answer.body
  }
}

async function startLoad(t: ExecutionContext, file: string) {
  const [invite] = await seedJson(t, file, ['--uses', 'unlimited'])
  const server = startScript(t, 'tests/helpers/cheap-server.ts', [], serverSettings(file, { LOG_LEVEL: 'info' }))
  const [, url = ''] = await server.waitFor(/"address":"([^"]+)"/)
  const load = new Load(url, invite?.code ?? '')
  const work = Array.from({ length: workers }, (_, number) => load.work(number))
  return { server, load, outcomes: Promise.allSettled(work) }
}

test('under load a backup has all that was answered before it began, and is what a killed server comes back with', async (t) => {
  const file = join(temporaryFolder(t), 'guestlist.db')
  const { server, load, outcomes } = await startLoad(t, file)
  // So that there is something to lose.
  await load.waitForAnswers(150)

  const before = structuredClone(load.states)
  const [answersBefore, startedAt] = [load.answers, performance.now()]
  const { code, stdout, stderr } = await runCommand(t, file, ['backup', '--json'])
  t.is(code, 0, stderr)
  const [answers, seconds] = [load.answers - answersBefore, (performance.now() - startedAt) / 1000]
  t.log(`${answers} requests answered during the backup, ${Math.round(answers / seconds)} a second`)
  t.true(answers > 50, 'the backup holds nobody up')
  load.end()
  server.child.kill('SIGKILL')
  for (const outcome of await outcomes) {
    if (outcome.status === 'rejected' && !(outcome.reason instanceof TypeError)) throw outcome.reason
  }
  t.is((await server.ended).signal, 'SIGKILL')

  const backup = JSON.parse(stdout)
  const { kept, users, sessionsEnded } = await restore(file, backup.file)
  t.is(users, backup.users)
  t.true(sessionsEnded >= users)
  const restored = new Set(usernames(file))
  for (const username of before.flatMap(({ registered }) => registered)) t.true(restored.has(username), username)
  const known = new Set(usernames(kept))
  for (const username of load.states.flatMap(({ registered }) => registered)) t.true(known.has(username), username)

  const again = await startServerProcess(t, file)
  const keys = await again.request('GET', '/.well-known/jwks.json')
  t.is(keys.body.keys.length, 1)
  await Promise.all(
    before.slice(0, 4).map(async ({ name }, number) => {
      const ended = await again.request('POST', '/api/auth/refresh', { token: load.states[number]?.token ?? '' })
      t.is(ended.status, 401)
      const body = { email: `worker${number}@example.com`, password: goodPassword }
      const login = await again.request('POST', '/api/auth/login', { body })
      t.is(login.status, 200, login.text)
      const restoredName = Number(/^Name (\d+)$/.exec(login.body.user.displayName)?.[1] ?? 0)
      t.true(restoredName >= name, `${restoredName} is not older than ${name}`)
    }),
  )
})
