import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { startProcess } from '../../../../tests/helpers/processes.ts'
import { projectFolder } from '../../../../tests/helpers/source-files.ts'

const page = readFileSync(join(projectFolder, 'docs', 'testing.md'), 'utf8')

test('the test that the documentation shows runs as it stands, and ends', async (t) => {
  const [, block = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(page) ?? []
  // A file beside the packages finds them by name.
  const folder = join(projectFolder, 'node_modules', '.cache', 'guestlist-docs')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `testing-${process.pid}.test.mjs`)
  writeFileSync(file, block)
  t.teardown(() => rmSync(file, { force: true }))
  const { code, stdout } = await startProcess(t, process.execPath, ['--test', '--test-reporter=tap', file]).ended
  t.is(code, 0, stdout)
  t.regex(stdout, /^ok 1 - alice has a name$/m)
  t.regex(stdout, /^# pass 1$/m)
})
