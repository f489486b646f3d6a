import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { attacks } from '../../scripts/attack/attacks.ts'
import { projectFolder } from '../helpers/source-files.ts'

interface NamedTest {
  readonly file: string
  readonly title: string
}

const readDocument = (name: string): string => readFileSync(join(projectFolder, 'docs', name), 'utf8')

/** A test as a document names it: the path in backticks, and its title in quotation marks. */
const findNamedTests = (text: string): NamedTest[] =>
  [...text.matchAll(/`([^`]+\.(?:test\.ts|py))` › "([^"]+)"/g)].map(([, file = '', title = '']) => ({ file, title }))

/** Titles are made of text and, in loops, of values: whatever stands for a value is not compared. */
function hasTest({ file, title }: NamedTest): boolean {
  const path = join(projectFolder, file)
  if (!existsSync(path)) return false
  const source = readFileSync(path, 'utf8')
  if (file.endsWith('.py')) return new RegExp(`def ${title}\\(`).test(source)
  const titles = [...source.matchAll(/\b(?:test|onLinux|it|rule)[\w.]*\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1/g)]
  return titles.some(([, , written = '']) => toPattern(written).test(title))
}

function toPattern(written: string): RegExp {
  const parts = written.replaceAll(/\\(.)/g, '$1').split(/\$\{[^}]*\}/)
  return new RegExp(`^${parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`)
}

for (const document of ['attacks.md']) {
  test(`every test that docs/${document} names exists`, (t) => {
    const named = findNamedTests(readDocument(document))
    t.true(named.length > 0)
    const missing = named.filter((each) => !hasTest(each))
    t.deepEqual(missing, [])
  })
}

test('a name that no test has is noticed', (t) => {
  const file = 'tests/attack/named-tests.test.ts'
  t.true(hasTest({ file, title: 'a name that no test has is noticed' }))
  t.true(hasTest({ file, title: 'every test that docs/attacks.md names exists' }))
  t.false(hasTest({ file, title: 'a name that no test' }))
  t.false(hasTest({ file: 'tests/attack/nowhere.test.ts', title: 'a name that no test has is noticed' }))
})

test('docs/attacks.md has a row for each attack, in its own words', (t) => {
  const rows = readDocument('attacks.md').split('\n')
  for (const { name, title } of attacks)
    t.true(
      rows.some((row) => row.startsWith(`| \`${name}\` | ${title} |`)),
      name,
    )
  const named = rows.flatMap((row) => /^\| `([a-z-]+)` \|/.exec(row)?.[1] ?? [])
  t.deepEqual([...named].sort(), attacks.map(({ name }) => name).sort())
})
