import { randomBytes } from 'node:crypto'
import test from 'ava'
import { checkSymbol, hasValidCheckSymbol, randomSymbols, symbols } from '../../server/invites/crockford.ts'

// Our own, as no standard has any. The second can be followed by hand: a^24 x = 1, so x = a^7 = 20, which is M.
const vectors = [
  ['000000000000000000000000', '0'],
  ['100000000000000000000000', 'M'],
  ['000000000000000000000001', 'J'],
  ['ZZZZZZZZZZZZZZZZZZZZZZZZ', '6'],
  ['0123456789ABCDEFGHJKMNPQ', '3'],
  ['GVEST11STGVEST11STGVEST1', 'S'],
  ['H4PPYB1RTHDAY0H4PPYB1RTH', 'P'],
] as const

test('the symbols are those of Crockford: no I, L, O and U', (t) => {
  t.is(symbols, '0123456789ABCDEFGHJKMNPQRSTVWXYZ')
})

test('the check symbol makes the weighted sum over GF(32) zero', (t) => {
  for (const [text, expected] of vectors) {
    t.is(checkSymbol(text), expected, text)
    for (const symbol of symbols) t.is(hasValidCheckSymbol(text + symbol), symbol === expected)
  }
})

const makeCode = (): string => {
  const random = randomSymbols(24, randomBytes)
  return random + checkSymbol(random)
}

test('any typo of one symbol is caught', (t) => {
  for (let round = 0; round < 20; round += 1) {
    const code = makeCode()
    const typos = [...code].flatMap((right, place) =>
      [...symbols]
        .filter((wrong) => wrong !== right)
        .map((wrong) => code.slice(0, place) + wrong + code.slice(place + 1)),
    )
    t.is(typos.length, 25 * 31)
    t.true(hasValidCheckSymbol(code))
    t.deepEqual(typos.filter(hasValidCheckSymbol), [])
  }
})

test('any swap of two neighbours is caught', (t) => {
  for (let round = 0; round < 200; round += 1) {
    const code = makeCode()
    const swaps = Array.from({ length: 24 }, (_, place) => {
      const [left = '', right = ''] = code.slice(place, place + 2)
      return code.slice(0, place) + right + left + code.slice(place + 2)
    })
    t.deepEqual(swaps.filter((swap) => swap !== code).filter(hasValidCheckSymbol), [])
  }
})

test('each symbol is equally likely', (t) => {
  const allBytes = () => Uint8Array.from({ length: 256 }, (_, value) => value)
  const drawn = randomSymbols(256, allBytes)
  for (const symbol of symbols) t.is(drawn.split(symbol).length - 1, 8, symbol)
})
