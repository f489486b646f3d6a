import { execFile } from 'node:child_process'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type Change, copyProject } from '../helpers/changed-copy.ts'
import { type Mutation, mutations } from './mutations.ts'

/** The project without one check, and with the test that must notice. */
const copyFor = (t: ExecutionContext, change: Change, { test: testFile }: Mutation): string =>
  copyProject(t, ['server', 'db', 'tests/helpers', 'package.json', testFile], [change])

/** Runs one test of the copy by its title. */
function runTest(folder: string, { test: testFile, title }: Mutation): Promise<{ code: number; output: string }> {
  const ava = join('node_modules', 'ava', 'entrypoints', 'cli.js')
  const { NODE_ENV: _, ...env } = process.env
  return new Promise((resolve) => {
    execFile(process.execPath, [ava, '--tap', '--match', title, testFile], { cwd: folder, env }, (error, stdout) =>
      resolve({ code: error === null ? 0 : 1, output: stdout }),
    )
  })
}

for (const mutation of mutations) {
  test.serial(`without ${mutation.what}, a test fails: ${mutation.title}`, async (t) => {
    t.timeout(60_000)
    const whole = await runTest(copyFor(t, { ...mutation, to: mutation.from }, mutation), mutation)
    t.is(whole.code, 0, whole.output)
    t.regex(whole.output, /^ok 1 /m, 'the test ran')
    const mutated = await runTest(copyFor(t, mutation, mutation), mutation)
    t.is(mutated.code, 1)
    t.regex(mutated.output, /^not ok 1 /m, mutated.output)
  })
}
