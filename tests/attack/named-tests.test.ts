import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { attacks } from '../../scripts/attack/attacks.ts'
import { connectBeside, makeDataFile } from '../helpers/data-files.ts'
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

for (const document of ['attacks.md', 'asvs.md']) {
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

const asvsRows = (): string[][] =>
  readDocument('asvs.md')
    .split('\n')
    .filter((row) => /^\| \d/.test(row))
    .map((row) => row.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')))

test('docs/asvs.md has each requirement of levels 1 and 2 once, with a state, and each that is met names a test', (t) => {
  const file = join(projectFolder, 'tests', 'attack', 'asvs-requirements.json')
  const requirements: { id: string; level: number }[] = JSON.parse(readFileSync(file, 'utf8'))
  const rows = asvsRows()
  t.deepEqual(
    rows.map(([id, level]) => `${id} ${level}`),
    requirements.map(({ id, level }) => `${id} ${level}`),
  )
  for (const [id, , state = '', how = ''] of rows) {
    t.true(['met', 'partly', 'not applicable', 'open'].includes(state), `${id}: ${state}`)
    t.true(how !== '' && (state !== 'met' || findNamedTests(how).length > 0), `${id} names no test`)
  }
})

test('every table of the data file is classified', async (t) => {
  const handle = connectBeside(t, await makeDataFile(t))
  const tables = handle.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
  const classified = [...readDocument('asvs.md').matchAll(/^\| `(\w+)` \| (?:secret|personal|internal) \|/gm)]
  t.deepEqual(classified.map(([, name]) => name).sort(), tables)
})

test('the times in which dependencies are mended are stated', (t) => {
  t.regex(readFileSync(join(projectFolder, 'SECURITY.md'), 'utf8'), /within 7 days.*\n?.*within 30 days/)
})
