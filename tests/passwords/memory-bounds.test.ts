import { argon2Sync, randomBytes } from 'node:crypto'
import test from 'ava'
import { boundHashing } from '../../server/passwords/hashing-bounds.ts'
import { MemoryBudget } from '../../server/passwords/memory-budget.ts'
import { defaultScryptCost, type PasswordHash, PasswordHashing } from '../../server/passwords/password-hashing.ts'
import { cheapScrypt, startServer } from '../helpers/start-server.ts'

const mebibyte = 2 ** 20

test('as many hashes run at once as memory and cores allow', (t) => {
  const running = (room: number, processors: number): number =>
    boundHashing(room * mebibyte, defaultScryptCost, processors).running
  t.is(running(8192, 4), 4)
  t.is(running(16 + 33, 4), 1)
  t.is(running(16 + 65, 4), 2)
  t.is(running(16 + 63, 4), 1)
})

test('with less memory than one hash needs the server does not start, and says so in a line', async (t) => {
  const overrides = { scryptCost: defaultScryptCost, memoryRoom: 48 * mebibyte }
  const message =
    '48 MiB of memory are left for the server, and it needs 49 to hash one password: give it more (MemoryMax, --memory, ulimit), or end what else runs there'
  await t.throwsAsync(startServer(t, { overrides }), { name: 'StartupError', message })
})

test('tasks take no more memory together than there is, in the order in which they came', async (t) => {
  const budget = new MemoryBudget(100)
  const started: string[] = []
  const ends = new Map<string, () => void>()
  const run = (name: string, bytes: number) =>
    budget.run(bytes, async () => {
      started.push(name)
      await new Promise<void>((resolve) => ends.set(name, resolve))
    })
  const all = [run('small', 30), run('large', 90), run('tiny', 5)]
  await new Promise(setImmediate)
  t.deepEqual(started, ['small'], 'who needs less does not overtake who needs more')
  ends.get('small')?.()
  await new Promise(setImmediate)
  t.deepEqual(started, ['small', 'large', 'tiny'])
  ends.get('large')?.()
  ends.get('tiny')?.()
  await Promise.all(all)
  await t.throwsAsync(
    budget.run(30, () => Promise.reject(new Error('failed'))),
    { message: 'failed' },
  )
  t.is(await budget.run(100, async () => 'all of it is free again'), 'all of it is free again')
})

/** Argon2id as another system stores it. */
function makeArgon2(password: string, memory: number): PasswordHash {
  const nonce = randomBytes(16)
  const tag = argon2Sync('argon2id', { message: password, nonce, parallelism: 1, tagLength: 32, memory, passes: 1 })
  const [salt, hash] = [nonce, tag].map((part) => part.toString('base64').replaceAll('=', ''))
  return Buffer.from(`$argon2id$v=19$m=${memory},t=1,p=1$${salt}$${hash}`) as unknown as PasswordHash
}

test('a hash of another system that needs more memory than the server has is not tried, and one that fits is', async (t) => {
  const hashing = new PasswordHashing(cheapScrypt, randomBytes, { running: 2, memory: 64 * mebibyte })
  t.true(await hashing.verify(makeArgon2('a password', 47_104), 'a password'))
  await t.throwsAsync(hashing.verify(makeArgon2('a password', 131_072), 'a password'), {
    message: 'a stored hash needs 128 MiB, and hashes may take 64: give the server more memory',
  })
  t.deepEqual(hashing.load, { running: 0, waiting: 0, refused: 0 })
})
