import test from 'ava'
import { readUuid, uuidWords, writeUuid } from '../../server/presence/uuid.ts'
import { none, UuidIndex } from '../../server/presence/uuid-index.ts'
import { Chance } from '../helpers/chance.ts'

const wordsOf = (text: string): Int32Array => {
  const words = new Int32Array(uuidWords)
  readUuid(text, words)
  return words
}

test('a UUID is read into words and written again as it was', (t) => {
  t.deepEqual(
    [...wordsOf('01234567-89ab-cdef-fedc-ba9876543210')],
    [0x01234567, 0x89abcdef | 0, 0xfedcba98 | 0, 0x76543210],
  )
  const ids = Array.from({ length: 100 }, () => crypto.randomUUID())
  const edges = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']
  for (const id of [...ids, ...edges]) t.is(writeUuid(wordsOf(id), 0), id)
})

const good = '01234567-89ab-cdef-fedc-ba9876543210'
const forged = [
  ['', 'alice', good.slice(1), `${good}0`, ` ${good.slice(1)}`, good.toUpperCase(), good.replaceAll('-', '')],
  [good.replace('0', 'g'), good.replace('0', '-'), good.replace('-', '0'), good.replace('1', ':'), good.slice(0, 35)],
  [good.replace('b', '\u0162'), good.replace('a', '\ud83d'), `{${good.slice(2)}}`, good.replace('1', '\0')],
].flat()

test('what is no UUID in lower case is refused', (t) => {
  for (const text of forged) {
    t.throws(
      () => readUuid(text, new Int32Array(uuidWords)),
      { message: 'an id is no UUID in lower case' },
      JSON.stringify(text),
    )
  }
})

/** The worst that can be: all keys want to be in a few places, in the middle, at the end, and at the start. */
const crowding = { hash: (words: Int32Array) => [0, 0x7fffffff, -1][(words[0] ?? 0) & 3] ?? -1 }
const spreading = { hash: (words: Int32Array) => Math.imul((words[0] ?? 0) ^ (words[4] ?? 0), 0x9e3779b1) }

for (const [name, hash] of Object.entries({ crowding, spreading })) {
  for (const seed of [1, 2, 3]) {
    test(`the index finds what a map finds, after any insertions and deletions (${name}, ${seed})`, (t) => {
      const chance = new Chance(seed)
      const index = new UuidIndex(1, hash)
      const model = new Map<string, number>()
      // Two keys of the same UUID differ by the further word.
      const keys = Array.from({ length: 300 }, (_, number) =>
        Int32Array.of(chance.below(2 ** 31), 0, -1, number >> 1, number & 1),
      )
      for (let step = 0; step < 6000; step += 1) {
        const key = chance.oneOf(keys)
        const known = model.get(String(key))
        // By turns it fills and empties.
        const isFilling = (step / 1000) & 1 ? chance.once(4) : !chance.once(4)
        if (known === undefined && isFilling) model.set(String(key), index.insert(key))
        if (known !== undefined && !isFilling) {
          index.delete(known)
          model.delete(String(key))
        }
        const sought = chance.oneOf(keys)
        t.is(index.find(sought), model.get(String(sought)) ?? none)
        t.is(index.size, model.size)
      }
      for (const key of keys) t.is(index.find(key), model.get(String(key)) ?? none)
      for (const [key, row] of model) {
        const words = Int32Array.from(key.split(','), Number)
        t.is(index.uuidOf(row), writeUuid(words, 0))
        t.true(index.hasUuid(row, words.with(4, 7)))
        t.false(index.hasUuid(row, words.with(2, 0)))
      }
      t.is(new Set(model.values()).size, model.size)
      t.true(index.capacity <= 64 * 1.25 ** 8, 'rows of deleted keys are given again')
    })
  }
}
