import test from 'ava'
import { SignInThrottle } from '../../server/accounts/sign-in-throttle.ts'
import { AuthError } from '../../server/errors.ts'
import { registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const failing = async (): Promise<boolean> => false

/** As many guesses would be put off before they reached it. */
function withoutBrake({ auth }: TestServer, mostRows: number): SignInThrottle {
  const { db, now, newId } = auth.deps
  return new SignInThrottle({ db, now, newId }, Buffer.alloc(32, 1), mostRows)
}

/** What an attempt with a wrong password is told. */
async function outcomeOf(attempting: Promise<boolean>): Promise<string> {
  try {
    return (await attempting) ? 'right' : 'wrong'
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    return `${error.code} ${error.retryAfter}`
  }
}

test('six wrong guesses at addresses with and without an account, and at 5,000 others, leave no difference between them', async (t) => {
  const server = await startServer(t)
  const throttle = withoutBrake(server, 100_000)
  const targets: string[] = []
  for (let number = 0; number < 20; number += 1) {
    await registerPerson(server, `member${number}`)
    targets.push(`member${number}@example.com`, `nobody${number}@example.com`)
  }
  const guess = async (email: string, address: string): Promise<string> =>
    await outcomeOf(throttle.attempt({ email, address }, failing))
  for (const email of targets) {
    for (let count = 0; count < 5; count += 1) t.is(await guess(email, '198.51.100.1'), 'wrong')
    t.is(await guess(email, '198.51.100.1'), 'rate_limited 60')
  }
  for (let number = 0; number < 5000; number += 1) await guess(`other${number}@example.com`, `198.18.${number % 250}.1`)
  const outcomes = new Set<string>()
  for (const email of targets) outcomes.add(await guess(email, '198.51.100.1'))
  t.deepEqual([...outcomes], ['rate_limited 60'])
})

test('when the table is full, what made room is assumed to be counted still: nobody gets guesses by filling it', async (t) => {
  const server = await startServer(t)
  await registerPerson(server)
  const throttle = withoutBrake(server, 1000)
  const guess = async (email: string, address: string): Promise<string> =>
    await outcomeOf(throttle.attempt({ email, address }, failing))
  const targets = ['alice@example.com', 'nobody@example.com']
  for (const email of targets) for (let count = 0; count < 5; count += 1) await guess(email, '198.51.100.1')
  // Rows that are forgotten later than those of the targets.
  for (let number = 0; number < 1200; number += 1) {
    for (let count = 0; count < 5; count += 1)
      await guess(`other${number}@example.com`, `198.${18 + (number >> 8)}.${number % 256}.1`)
  }
  const rows = server.query<{ rows: number }>('SELECT count(*) AS rows FROM sign_in_failures')
  t.true((rows[0]?.rows ?? 0) <= 1500, JSON.stringify(rows))
  for (const email of targets) t.regex(await guess(email, '198.51.100.1'), /^rate_limited/)
  t.is(await guess('fresh@example.com', '192.0.2.1'), await guess('alice@example.com', '192.0.2.1'))
})

test('addresses with and without an account are counted in rows of one form', async (t) => {
  const server = await startServer(t, { settings: { TRUST_PROXY: '1' } })
  await registerPerson(server)
  for (const email of ['alice@example.com', 'nobody@example.com']) {
    const body = { email, password: 'not-the-right-one' }
    await server.request('POST', '/api/auth/login', { body, headers: { 'x-forwarded-for': '198.51.100.1' } })
  }
  const rows = server.query<Record<string, unknown>>(
    'SELECT network, failed_at, forgotten_at FROM sign_in_failures ORDER BY account_key, network',
  )
  t.is(rows.length, 4)
  t.deepEqual(rows.slice(0, 2), rows.slice(2))
})
