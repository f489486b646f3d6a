import { availableParallelism } from 'node:os'
import test, { type ExecutionContext } from 'ava'
import type { Setup } from '../../server/doctor/setup.ts'
import { findingsOf, healthyDataFile, type Report, runChecksOn } from '../helpers/doctor.ts'
import type { Settings } from '../helpers/processes.ts'

const mebibyte = 2 ** 20
const local = { type: 0xef53, bavail: 10_000, bsize: mebibyte }

/** With what a test cannot plant: another file system, another SQLite. */
async function look(
  t: ExecutionContext,
  surroundings: Partial<ConstructorParameters<typeof Setup>[0]>,
  settings: Settings = {},
): Promise<Report[]> {
  return findingsOf(await runChecksOn(await healthyDataFile(t), settings, surroundings))
}

test('a disk that is nearly full is a warning, and an error when writes are about to fail', async (t) => {
  for (const [freeMebibytes, expected] of [
    [1024, []],
    [1023, [['free-space', 'warning']]],
    [100, [['free-space', 'warning']]],
    [99, [['free-space', 'error']]],
    [0, [['free-space', 'error']]],
  ] as const) {
    const findings = await look(t, { readFileSystem: () => ({ ...local, bavail: freeMebibytes }) })
    t.deepEqual(
      findings.map(({ check, status }) => [check, status]),
      expected as never,
    )
  }
})

test('a network file system is an error, and a warning where the operator allows it', async (t) => {
  const readFileSystem = () => ({ ...local, type: 0x6969 })
  t.like(await look(t, { readFileSystem }), [{ check: 'file-system', status: 'error' }] as never)
  const allowed = await look(t, { readFileSystem }, { ALLOW_NETWORK_FILE_SYSTEM: 'on' })
  t.is(allowed.length, 1)
  t.like(allowed[0], { check: 'file-system', status: 'warning' })
  t.regex(allowed[0]?.message ?? '', /network file system \(NFS\)/)
})

test('an older SQLite is an error; versions are compared as numbers', async (t) => {
  for (const version of ['3.51.2', '3.9.0', '2.99.99']) {
    t.like(await look(t, { sqliteVersion: version }), [{ check: 'sqlite', status: 'error' }] as never)
  }
  for (const version of ['3.51.3', '3.51.10', '3.100.0', '4.0.0']) {
    t.deepEqual(await look(t, { sqliteVersion: version }), [])
  }
})

test('a machine that takes a second for a hash is a warning, and so is memory for fewer than there are cores; none for one is an error', async (t) => {
  for (const [ms, expected] of [
    [1000, 0],
    [1001, 1],
  ] as const) {
    const findings = await look(t, { timeHash: async () => ms })
    t.is(findings.length, expected)
    if (expected > 0) t.like(findings[0], { check: 'hashing', status: 'warning' })
  }
  t.deepEqual(await look(t, { freeMemory: (availableParallelism() * 33 + 88) * mebibyte }), [])
  const [none, ...others] = await look(t, { freeMemory: 120 * mebibyte })
  t.deepEqual(others, [])
  t.like(none, {
    check: 'hashing',
    status: 'error',
    message: '120 MiB of memory are free, and the server needs 121 to hash one password: it does not start',
  })
  const findings = await look(t, { freeMemory: 121 * mebibyte })
  if (availableParallelism() > 1) {
    t.like(findings, [{ check: 'hashing', status: 'warning', action: 'with 153 MiB one more would' }] as never)
    t.regex(findings[0]?.message ?? '', /^121 MiB of memory are free, so 1 of \d+ password hashes run at once$/)
  }
})

test('few files that may be open are a warning, and too few for the server an error', async (t) => {
  t.deepEqual(await look(t, { openFiles: 1024 }), [])
  t.like(await look(t, { openFiles: 1023 }), [{ check: 'descriptors', status: 'warning' }] as never)
  t.like(await look(t, { openFiles: 79 }), [{ check: 'descriptors', status: 'error' }] as never)
})

test('addresses that only this machine reaches need no encryption, and a trusted proxy is no finding', async (t) => {
  for (const PUBLIC_URL of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000']) {
    t.deepEqual(await look(t, {}, { PUBLIC_URL }), [])
  }
  t.deepEqual(await look(t, {}, { PUBLIC_URL: 'https://auth.example', TRUST_PROXY: '1' }), [])
})
