/** As many words of 32 bits hold a UUID. */
export const uuidWords = 4

const digits = '0123456789abcdef'
const hyphen = 0x2d
const noDigit = 0x10
const valueOfDigit = new Uint8Array(128).fill(noDigit)
for (const [value, digit] of [...digits].entries()) valueOfDigit[digit.charCodeAt(0)] = value
/** What is written next; its hyphens stay. */
const written = Buffer.from('00000000-0000-0000-0000-000000000000')

const isHyphenAt = (index: number): boolean => index === 8 || index === 13 || index === 18 || index === 23

/** Reads a UUID in lower case into the first four words, without allocating anything. */
export function readUuid(text: string, words: Int32Array): void {
  let mistakes = text.length === written.length ? 0 : noDigit
  let word = 0
  let read = 0
  for (let index = 0; index < written.length && mistakes === 0; index += 1) {
    const code = text.charCodeAt(index)
    if (isHyphenAt(index)) {
      mistakes = code ^ hyphen
      continue
    }
    const value = valueOfDigit[code] ?? noDigit
    mistakes = value & noDigit
    word = (word << 4) | value
    read += 1
    if ((read & 7) === 0) words[(read >> 3) - 1] = word
  }
  // Not said which text: by mistake it may be a token.
  if (mistakes !== 0) throw new Error('an id is no UUID in lower case')
}

/** The text of the UUID whose words begin at `start`. */
export function writeUuid(words: Int32Array, start: number): string {
  let digit = 0
  for (let index = 0; index < written.length; index += 1) {
    if (isHyphenAt(index)) continue
    const value = ((words[start + (digit >> 3)] ?? 0) >>> (28 - 4 * (digit & 7))) & 0xf
    written[index] = digits.charCodeAt(value)
    digit += 1
  }
  return written.toString('latin1')
}
