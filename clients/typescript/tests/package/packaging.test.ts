import { readFileSync } from 'node:fs'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import test from 'ava'
import { publint } from 'publint'
import { pack, run, temporaryFolder } from '../helpers/packed.ts'

const folder = temporaryFolder(test)
let tarball = ''

test.before('pack', async () => {
  tarball = await pack('clients/typescript', folder)
})

const readTarball = () => new Uint8Array(readFileSync(tarball))

test('publint finds nothing in the packed client', async (t) => {
  const { messages } = await publint({ strict: true, pack: { tarball: readTarball().buffer } })
  t.deepEqual(messages, [])
})

test('the types of every entry resolve for ES modules and for bundlers', async (t) => {
  const analysis = await checkPackage(createPackageFromTarballData(readTarball()))
  if (!analysis.types) return t.fail('it has no types')
  t.deepEqual(Object.keys(analysis.entrypoints), ['.', './verify', './testing', './package.json'])
  // It is a package of ES modules alone; these two resolutions are those of CommonJS.
  const problems = analysis.problems.filter(
    (problem) => !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
  )
  t.deepEqual(problems, [])
})

test('the packed client holds what runs and its types, and nothing else', async (t) => {
  const listed = await run(folder, 'tar', ['-tzf', tarball], process.env)
  const files = listed.trim().split('\n')
  t.true(files.length > 60)
  t.deepEqual(
    files.filter((file) => !/^package\/(package\.json|README\.md|LICENSE|dist\/[\w/-]+\.(js|d\.ts))$/.test(file)),
    [],
  )
  for (const file of ['README.md', 'LICENSE']) t.true(files.includes(`package/${file}`))
})

test('the client has no dependency, and jose is the application’s to bring', (t) => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  t.is(manifest.dependencies, undefined)
  t.deepEqual(manifest.peerDependencies, { jose: '>=6 <7' })
  t.true(manifest.peerDependenciesMeta.jose.optional)
})
