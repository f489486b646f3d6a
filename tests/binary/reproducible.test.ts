import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { getBinary, getBuilt, inputs } from '../helpers/binary.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

/** Of `jose` nothing comes into the file, but what is left out must be found too. */
const buildTools = ['esbuild', '@esbuild/linux-x64', 'postject', 'commander', '@commander-js/extra-typings', 'jose']

test('a second build, in another folder, gives the same bytes', async (t) => {
  const binary = await getBinary(t)
  const bill = await getBuilt(t, 'linux-x64')
  if (binary === undefined || bill === undefined) return
  const copy = copyProject(t, JSON.parse(readFileSync(bill, 'utf8')))
  const out = mkdtempSync(join(copy, 'out-'))
  await promisify(execFile)(process.execPath, ['scripts/build-binary.ts', '--out', out], { cwd: copy })
  for (const name of ['guestlist-linux-x64.sha256', 'guestlist-linux-x64.cdx.json']) {
    t.is(readFileSync(join(out, name), 'utf8'), readFileSync(join(dirname(binary), name), 'utf8'))
  }
  const again = readFileSync(join(out, 'guestlist-linux-x64'))
  t.true(again.equals(readFileSync(binary)))
  for (const folder of [projectFolder, copy]) t.false(again.includes(folder), 'no folder of the machine is in it')
})

/** The sources, and the packages that are needed, in a folder far from here; links cost less than copies. */
function copyProject(t: ExecutionContext, bill: { components: { purl: string }[] }): string {
  const copy = join(temporaryFolder(t), 'somewhere', 'else')
  for (const path of inputs) cpSync(join(projectFolder, path), join(copy, path))
  const brought = bill.components.map(({ purl }) => decodeURIComponent(purl).replace(/^pkg:npm\/(.+)@[^@]+$/, '$1'))
  for (const name of new Set([...brought, ...buildTools])) {
    const to = join(copy, 'node_modules', name)
    mkdirSync(dirname(to), { recursive: true })
    const from = join(projectFolder, 'node_modules', name)
    try {
      execFileSync('cp', ['-al', from, to], { stdio: 'ignore' })
    } catch {
      execFileSync('cp', ['-a', from, dirname(to)])
    }
  }
  return copy
}
