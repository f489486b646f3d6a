import test from 'ava'
import { readSourceFiles, type SourceFile } from '../helpers/source-files.ts'

const files = readSourceFiles('server', 'db', 'scripts', 'clients/typescript/src')
const assembly = [
  'server/main.ts',
  'server/start.ts',
  'server/serve.ts',
  'server/auth-server.ts',
  'server/routes.ts',
  'server/first-start.ts',
]

const importsOf = (matches: (path: string) => boolean): string[][] =>
  files.filter(({ path }) => matches(path)).flatMap(({ path, imports }) => imports.map(({ target }) => [path, target]))

const isFeature = (path: string): boolean => /^server\/(?!http\/)[^/]+\//.test(path)

const endpoints = new Set(
  files
    .find(({ path }) => path === 'server/routes.ts')
    ?.imports.flatMap(({ target, isTypeOnly }) => (isTypeOnly ? [] : target)),
)

test('the check sees the files and the endpoints', (t) => {
  t.true(files.length > 60)
  t.true(endpoints.size > 12)
  t.true(importsOf(isFeature).length > 100)
})

test('db/ imports nothing of server/', (t) => {
  t.deepEqual(
    importsOf((path) => path.startsWith('db/')).filter(([, target]) => target?.startsWith('server/')),
    [],
  )
})

test('http/ knows nothing about the features', (t) => {
  t.deepEqual(
    importsOf((path) => path.startsWith('server/http/')).filter(([, target]) => isFeature(target ?? '')),
    [],
  )
})

test('features do not import what assembles them', (t) => {
  t.deepEqual(
    importsOf(isFeature).filter(([, target]) => assembly.includes(target ?? '')),
    [],
  )
})

test('an endpoint is imported by the route table and by nothing else', (t) => {
  t.deepEqual(
    importsOf((path) => path !== 'server/routes.ts').filter(([, target]) => endpoints.has(target ?? '')),
    [],
  )
})

test('the clients import nothing of the server, jose to verify only, and Node to test only', (t) => {
  const outside = importsOf((path) => path.startsWith('clients/')).filter(
    ([, target]) => !target?.startsWith('clients/'),
  )
  const allowed = /^clients\/typescript\/src\/(verify\/\S+ jose|testing\/\S+ node:\S+)$/
  t.deepEqual(
    outside.filter((pair) => !allowed.test(pair.join(' '))),
    [],
  )
  t.true(outside.length > 0)
})

test('what runs in a browser needs neither what verifies nor what tests', (t) => {
  const fromInside = importsOf((path) => /^clients\/typescript\/src\/[^/]+$/.test(path))
  t.true(fromInside.length > 20)
  t.deepEqual(
    fromInside.filter(([, target]) => /^clients\/typescript\/src\/.+\//.test(target ?? '')),
    [],
  )
})

test('only the files of the process read it', (t) => {
  const readers = files.filter(({ path, text }) => /^(server|db)\//.test(path) && /\bprocess\.(?!ts')/.test(text))
  // Only a process can load an addon, and only its environment says where a cache is.
  const allowed = ['db/carried-addon.ts', 'server/main.ts', 'server/process.ts']
  t.deepEqual(readers.map(({ path }) => path).sort(), allowed)
})

test('no two files need each other to run', (t) => {
  const targets = new Map(files.map((file) => [file.path, valueImports(file)]))
  const findCycle = (path: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(path)) return [...way, path]
    for (const target of targets.get(path) ?? []) {
      const cycle = findCycle(target, [...way, path])
      if (cycle !== undefined) return cycle
    }
    targets.set(path, [])
    return undefined
  }
  for (const { path } of files) t.is(findCycle(path, []), undefined)
})

const valueImports = ({ imports }: SourceFile): string[] =>
  imports.flatMap(({ target, isTypeOnly }) => (isTypeOnly ? [] : target))
