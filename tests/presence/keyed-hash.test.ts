import test from 'ava'
import { KeyedHash } from '../../server/presence/keyed-hash.ts'

/** HalfSipHash-1-3 of as many words of the bytes 0, 1, 2, … under the key 0, 1, … 7: the Linux kernel's `hsiphash`. */
const known = [
  1477757078, 2114297510, 1467586993, 1797785964, -1959668479, -1860454907, 1460996823, 172032208, -1133651315,
]

test('the hash of known words is the known hash', (t) => {
  const bytes = Buffer.from(Array.from({ length: 64 }, (_, index) => index))
  const words = Int32Array.from({ length: 16 }, (_, index) => bytes.readInt32LE(4 * index))
  const hash = new KeyedHash(bytes.subarray(0, 8))
  t.deepEqual(
    known.map((_, count) => hash.hash(words, count)),
    known,
  )
})

test('another key gives another hash', (t) => {
  const words = Int32Array.of(1, 2, 3, 4)
  const hashes = Array.from({ length: 100 }, (_, key) => new KeyedHash(Buffer.alloc(8, key)).hash(words, 4))
  t.is(new Set(hashes).size, 100)
})
