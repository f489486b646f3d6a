import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { projectFolder, readSourceFiles } from '../helpers/source-files.ts'

const files = readSourceFiles('server', 'db', 'scripts')
const manifest = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'))

interface LockEntry {
  readonly version?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly optionalDependencies?: Record<string, string>
}

const importersOf = (name: string): string[] =>
  files
    .filter(({ imports }) => imports.some(({ target, isTypeOnly }) => target === name && !isTypeOnly))
    .map(({ path }) => path)

/** Where each of the main packages does its job, and a call that shows it there. */
const jobs: Record<string, { file: string; call: RegExp }> = {
  express: { file: 'server/auth-server.ts', call: /= express\(\)/ },
  'better-sqlite3': { file: 'db/open-sqlite.ts', call: /new SqliteDatabase\(file, / },
  kysely: { file: 'db/open-database.ts', call: /new Kysely<Schema>\(/ },
  jsonwebtoken: { file: 'server/sessions/tokens.ts', call: /jwt\.sign\([\s\S]*jwt\.verify\(/ },
  'scrypt-kdf': { file: 'server/passwords/password-hashing.ts', call: /Scrypt\.kdf\([\s\S]*Scrypt\.verify\(/ },
  'express-rate-limit': { file: 'server/http/rate-limits.ts', call: /= rateLimit\(/ },
}

for (const [name, { file, call }] of Object.entries(jobs)) {
  test(`${name} does its own job in ${file}`, (t) => {
    t.true(importersOf(name).includes(file))
    t.regex(files.find(({ path }) => path === file)?.text ?? '', call)
  })
}

test('SQLite is spoken to in db/ only, and SQL is written by Kysely', (t) => {
  t.deepEqual(
    importersOf('better-sqlite3').filter((path) => !path.startsWith('db/')),
    [],
  )
  t.true(importersOf('better-sqlite3').length > 0)
  const withRawSql = files.filter(
    ({ path, text }) => !path.startsWith('db/') && /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b/.test(text),
  )
  t.deepEqual(
    withRawSql.map(({ path }) => path),
    [],
  )
})

test('no package does the job of another: tokens, hashes and limits have one maker each', (t) => {
  const rivals = /^(jose|bcrypt|bcryptjs|argon2|@node-rs\/.*|sqlite3|node:sqlite|fastify|koa|rate-limiter-flexible)$/
  const imported = files.flatMap(({ path, imports }) => imports.map(({ target }) => [path, target]))
  t.deepEqual(
    imported.filter(([, target]) => rivals.test(target ?? '')),
    [],
  )
  // Hashes of other systems are verified there.
  const foreign = /^server\/passwords\/foreign\//
  const ownScrypt = files.filter(
    ({ path, text }) => !foreign.test(path) && /\b(scryptSync|pbkdf2|argon2)\b|\bscrypt\(/.test(text),
  )
  t.deepEqual(
    ownScrypt.map(({ path }) => path),
    [],
  )
})

test('hashes of other systems are read and verified, never made', (t) => {
  const folder = files.filter(({ path }) => path.startsWith('server/passwords/foreign/'))
  t.is(folder.length, 6)
  for (const { path, text } of folder) t.notRegex(text, /randomBytes|genSalt|hashSync|\bhash\(/, path)
})

test('every dependency is used, pinned exactly and named in docs/decisions/', (t) => {
  const folder = join(projectFolder, 'docs', 'decisions')
  const decisions = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  const { dependencies, optionalDependencies, devDependencies } = manifest
  for (const [name, version] of Object.entries({ ...dependencies, ...optionalDependencies, ...devDependencies })) {
    t.regex(String(version), /^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/, name)
    t.true(
      name.startsWith('@types/') || decisions.some((text) => text.includes(`\`${name}\``)),
      `${name} is not in docs/decisions/`,
    )
  }
  const texts = files.map(({ text }) => text).join('\n')
  for (const name of Object.keys(dependencies)) t.true(texts.includes(`'${name}`), `${name} is not used`)
})

test('the lockfile holds every platform’s packages, and names no download address', (t) => {
  const lock = JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8'))
  for (const [path, entry] of Object.entries<LockEntry>(lock.packages)) {
    if (path.startsWith('node_modules/') && !entry.link) t.truthy(entry.version && entry.integrity, path)
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      const places = [`node_modules/${name}`, `${path}/node_modules/${name}`]
      t.true(
        places.some((place) => place in lock.packages),
        `${path} needs ${name}: npm ci would refuse to install`,
      )
    }
  }
  t.notRegex(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8'), /"resolved": "http/)
})

test('at the top level are the known folders and the usual root files only', (t) => {
  const folders = readdirSync(projectFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
  const known = [
    'bench',
    'clients',
    'data',
    'db',
    'deploy',
    'dist',
    'docs',
    'node_modules',
    'scripts',
    'server',
    'tests',
  ]
  t.deepEqual(
    folders.filter((name) => !known.includes(name)),
    [],
  )
})
