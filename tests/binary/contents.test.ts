import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import test from 'ava'
import type { Notice } from '../../scripts/binary/notices.ts'
import { getBinary, installBinary, startBinary } from '../helpers/binary.ts'
import { runCommand } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { readSourceFiles } from '../helpers/source-files.ts'

interface Component {
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly licenses: readonly unknown[]
}

const idOf = ({ name, version }: { name: string; version: string }): string => `${name} ${version}`

test('the bill of materials names all that is in it, and each of them has its licence printed', async (t) => {
  const binary = await getBinary(t)
  if (binary === undefined) return
  const bill = JSON.parse(readFileSync(`${binary}.cdx.json`, 'utf8'))
  const content = readFileSync(binary)
  const components: Component[] = bill.components
  const names = components.map(({ name }) => name)
  const imported = readSourceFiles('server', 'db').flatMap(({ imports }) => imports)
  const packages = imported.filter(
    ({ target, isTypeOnly }) => !isTypeOnly && !/^(node:|server\/|db\/|package)/.test(target),
  )
  t.true(packages.length > 10)
  for (const { target } of packages) {
    const [name = ''] = /^(@[^/]+\/)?[^/]+/.exec(target) ?? []
    t.true(names.includes(name), `${target} is in the program`)
  }
  for (const name of ['node', 'sqlite', 'swagger-ui-dist', 'fxa-common-password-list', 'node-addon-api']) {
    t.true(names.includes(name), name)
  }
  for (const name of ['esbuild', 'postject', 'typescript', 'ava', 'kysely-codegen']) t.false(names.includes(name), name)
  for (const each of components) t.true(each.licenses.length > 0 && each.purl.startsWith('pkg:npm/'), each.name)
  const sha256 = createHash('sha256').update(content).digest('hex')
  t.deepEqual(bill.metadata.component.hashes, [{ alg: 'SHA-256', content: sha256 }])
  t.is(readFileSync(`${binary}.sha256`, 'utf8'), `${sha256}  guestlist-linux-x64\n`)
  t.deepEqual([bill.serialNumber, bill.metadata.timestamp], [undefined, undefined])

  const place = installBinary(t, binary)
  const printed = await startBinary(t, place, ['licenses']).ended
  t.is(printed.code, 0, printed.stderr)
  const notices: Notice[] = JSON.parse((await startBinary(t, place, ['licenses', '--json']).ended).stdout)
  t.deepEqual(notices.map(idOf), components.map(idOf))
  for (const notice of notices) t.true(printed.stdout.includes(`\n${idOf(notice)}\nLicence: `), notice.name)
  const textOf = (name: string): string => notices.find((notice) => notice.name === name)?.text ?? ''
  t.regex(textOf('node'), /OpenSSL[\s\S]*ICU|ICU[\s\S]*OpenSSL/)
  t.regex(textOf('better-sqlite3'), /Joshua Wise/)
  t.regex(textOf('sqlite'), /public domain/)
  t.regex(textOf('swagger-ui-dist'), /Apache License/)
  // The one package that brings no text of its own.
  t.deepEqual(
    notices.filter(({ text }) => text === '').map(({ name }) => name),
    ['fxa-common-password-list'],
  )
})

test('in the repository the licences of what is installed to run are printed', async (t) => {
  const { code, stdout } = await runCommand(t, newDataFile(t), ['licenses', '--json'])
  t.is(code, 0)
  const notices: Notice[] = JSON.parse(stdout)
  const names = notices.map(({ name }) => name)
  for (const name of ['node', 'express', 'better-sqlite3', 'sqlite', 'debug']) t.true(names.includes(name), name)
  t.false(names.includes('ava'))
})
