import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { projectFolder } from '../helpers/source-files.ts'
import { temporaryFolder } from '../helpers/start-server.ts'
import { type Mutation, mutations } from './mutations.ts'

/** The project without one check: a copy, in which `from` stands as `to`. */
function copyProject(t: ExecutionContext, { file, from, to, test: testFile }: Mutation): string {
  const folder = temporaryFolder(t)
  for (const name of ['server', 'db', 'tests/helpers', 'package.json', testFile]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    cpSync(join(projectFolder, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'))
  const source = readFileSync(join(folder, file), 'utf8')
  t.is(source.split(from).length, 2, `${file} holds the check once`)
  writeFileSync(
    join(folder, file),
    source.replace(from, () => to),
  )
  return folder
}

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
    const whole = await runTest(copyProject(t, { ...mutation, to: mutation.from }), mutation)
    t.is(whole.code, 0, whole.output)
    t.regex(whole.output, /^ok 1 /m, 'the test ran')
    const mutated = await runTest(copyProject(t, mutation), mutation)
    t.is(mutated.code, 1)
    t.regex(mutated.output, /^not ok 1 /m, mutated.output)
  })
}
