/** Crockford's base32: no I, L, O (read as 1, 1, 0) and no U. A symbol's place is its value, five bits. */
export const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Random symbols, each equally likely: 256 is a multiple of 32. */
export function randomSymbols(count: number, randomBytes: (size: number) => Uint8Array): string {
  return Array.from(randomBytes(count), (byte) => symbols.charAt(byte % 32)).join('')
}

// Powers of a root of x^5 + x^2 + 1, which is primitive over GF(2): the first 31 all differ.
const powers: readonly number[] = Array.from({ length: 31 }).reduce<number[]>((made) => {
  const doubled = (made.at(-1) ?? 0) << 1
  return [...made, made.length === 0 ? 1 : doubled & 32 ? (doubled ^ 0b100101) & 31 : doubled]
}, [])

const multiply = (left: number, right: number): number =>
  left === 0 || right === 0 ? 0 : (powers[(powers.indexOf(left) + powers.indexOf(right)) % 31] ?? 0)

/** The sum over GF(32) of a^i times the value of symbol i; 0 for a text that ends in its check symbol. */
function weightedSum(text: string): number {
  return [...text].reduce((sum, symbol, place) => sum ^ multiply(powers[place % 31] ?? 0, symbols.indexOf(symbol)), 0)
}

/** The symbol that makes the weighted sum 0: it catches any single typo and any swap of two neighbours. */
export function checkSymbol(text: string): string {
  const sum = weightedSum(text)
  const weight = powers[text.length % 31] ?? 0
  return symbols.charAt([...symbols].findIndex((_, value) => multiply(weight, value) === sum))
}

export const hasValidCheckSymbol = (text: string): boolean => weightedSum(text) === 0
