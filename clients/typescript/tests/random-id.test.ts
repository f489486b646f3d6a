import test from 'ava'
import { randomId } from '../src/random-id.ts'
import { replaceProperty } from './helpers/web-platform.ts'

test.serial('ids are random, and need no secure context', (t) => {
  replaceProperty(t, globalThis.crypto, 'randomUUID', undefined)
  const ids = Array.from({ length: 1000 }, randomId)
  t.is(new Set(ids).size, 1000)
  for (const id of ids) t.regex(id, /^[0-9a-f]{32}$/)
})
