import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import test from 'ava'
import SqliteDatabase from 'better-sqlite3'
import { newestVersion } from '../../db/migrate.ts'
import { makeDataFile, newDataFile, openUntilEnd, refusalToOpen } from '../helpers/data-files.ts'

test('a SQLite file of another program is refused and left as it was: content, journal and mode', (t) => {
  const file = newDataFile(t)
  const other = new SqliteDatabase(file)
  other.exec('CREATE TABLE songs (name TEXT); PRAGMA application_id = 7; PRAGMA user_version = 1')
  other.close()
  chmodSync(file, 0o644)
  const before = readFileSync(file)
  t.is(refusalToOpen(file), `${file} is not a Guestlist data file: point DATABASE_URL at another file`)
  t.deepEqual(readFileSync(file), before)
  t.is(statSync(file).mode & 0o777, 0o644)
  t.is(new SqliteDatabase(file, { readonly: true }).pragma('journal_mode', { simple: true }), 'delete')
})

test('a SQLite file of another program without an application id is refused as well', (t) => {
  const file = newDataFile(t)
  new SqliteDatabase(file).exec('CREATE TABLE users (id INTEGER)').close()
  t.regex(refusalToOpen(file), /is not a Guestlist data file/)
})

test('a file that is no SQLite file is refused and left as it was', (t) => {
  const file = newDataFile(t)
  for (const content of ['#!/bin/sh\necho a script that must not be broken\n'.repeat(40), 'ab']) {
    writeFileSync(file, content)
    chmodSync(file, 0o755)
    t.regex(refusalToOpen(file), /^\S+ is not a SQLite file: point DATABASE_URL at another$/)
    t.is(readFileSync(file, 'utf8'), content)
    t.is(statSync(file).mode & 0o777, 0o755)
  }
})

test('a data file of a newer version is refused with both versions, and left as it was', async (t) => {
  const file = await makeDataFile(t)
  const newer = new SqliteDatabase(file)
  newer.pragma(`user_version = ${newestVersion + 1}`)
  newer.pragma('journal_mode = DELETE')
  newer.close()
  const before = readFileSync(file)
  const refusal = refusalToOpen(file)
  t.regex(refusal, new RegExp(`newer Guestlist \\(schema ${newestVersion + 1}, this one knows ${newestVersion}\\)`))
  t.notRegex(refusal, /\n/)
  t.deepEqual(readFileSync(file), before)
})

test('an empty file becomes a data file', (t) => {
  const file = newDataFile(t)
  writeFileSync(file, '')
  openUntilEnd(t, file)
  t.regex(readFileSync(file, 'latin1'), /^SQLite format 3/)
})
