import { countCharacters } from '../http/text.ts'

/** Space characters of every script, and a run of them, are one SPACE (RFC 8266, section 2.1). */
const spaces = /\p{Zs}+/gu

/** Sequences that Unicode recommends: families, skin tones, keycaps, flags of tags (UTS 51), and a symbol as plain text. */
// Not as a literal: the client's types are checked for older engines, which do not know the flag.
const everySet: string = 'gv'
const emoji = new RegExp('\\p{RGI_Emoji}|\\p{Emoji}\\uFE0E', everySet)

/** What makes a consonant join the next one, in scripts whose spelling needs joiners behind it (RFC 5892, A.1 and A.2). */
const viramas =
  '\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D3B\u0D3C\u0D4D\u0DCA\u0E3A\u0EBA\u0F84\u1039\u103A\u1714\u1734\u17D2\u1A60\u1B44\u1BAA\u1BAB\u1BF2\u1BF3\uA806\uA8C4\uA953\uA9C0\uAAF6\uABED'
const joined = '[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Nko}\\p{Script=Mandaic}]'

/** Invisible characters that change how the letters around them are written, where they do. */
const shaping = new RegExp(
  `(?<=[${viramas}])[\\u200C\\u200D]|(?<=${joined}\\p{M}*)[\\u200C\\u200D](?=${joined})|` +
    '(?<=\\p{Script=Mongolian})[\\u180B-\\u180D\\u180F]|(?<=\\p{Script=Han})[\\u{E0100}-\\u{E01EF}]',
  'gu',
)

/** What shows nothing although its category says that it does: Braille's empty cell, a null note head, and stand-ins. */
const blank = /[\u2800\u{1D159}\uFFFC\uFFFD]/u
const hidden = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u

/** UTS 39, section 5.4: of marks that lie upon one another more than four, or one twice, only hide what is there. */
const stacked = /[\p{Mn}\p{Me}]{5}|(\p{Mn})\1/u
const mark = /^\p{M}/u

/** Letters of these look alike, so a word is written in one of them (UTS 39, section 5.2, moderately restrictive). */
const lookAlikes = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u]
const notInWords = /[^\p{L}\p{M}\p{N}]+/u

/**
 * A display name as it is kept: PRECIS' nickname profile (RFC 8266, section 2.3), which makes one form of what looks the
 * same: spaces, widths and letters that are written in two ways (NFKC). Letter case stays.
 */
export function enforceNickname(text: string): string {
  // A second time where normalisation has made new spaces (RFC 8266, section 2.1).
  const mapped = mapSpaces(mapSpaces(text).normalize('NFKC'))
  return mapped.normalize('NFKC')
}

const mapSpaces = (text: string): string => text.replaceAll(spaces, ' ').trim()

/** What is wrong with a display name that was enforced; undefined where nothing is. */
export function findNameProblem(name: string, maxLength: number): string | undefined {
  if (countCharacters(name) > maxLength) return `Must have at most ${maxLength} characters`
  const rest = name.replaceAll(emoji, ' ').replaceAll(shaping, '')
  if (hidden.test(rest) || blank.test(rest)) return 'Must not hold control, direction or invisible characters'
  if (!visible.test(name)) return 'Must have at least one visible character'
  const decomposed = rest.normalize('NFD')
  if (mark.test(rest) || stacked.test(decomposed)) return 'Must not hold accents that stand alone or are stacked'
  const mixed = rest.split(notInWords).some((word) => lookAlikes.filter((script) => script.test(word)).length > 1)
  return mixed ? 'Must not mix Latin, Cyrillic and Greek letters in one word' : undefined
}
