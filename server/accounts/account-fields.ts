import * as z from 'zod'
import { textUpTo } from '../http/schemas.ts'
import { wellFormedText } from '../http/text.ts'
import { enforceNickname, findNameProblem } from './display-name.ts'
import { reservedUsernames } from './reserved-usernames.ts'

const emailMaxLength = 254
const avatarUrlMaxLength = 2048
const displayNameMaxLength = 64

/** A valid e-mail address by the HTML living standard (4.10.5.1.5), which is narrower than RFC 5322. */
export const emailAddress = wellFormedText
  .max(emailMaxLength)
  .regex(z.regexes.html5Email, 'Must be an email address like alice@example.com')
  // Without `format: email`, which follows RFC 5321 and refuses some of these.
  .meta({ examples: ['alice@example.com'] })

/** Any text: whatever does not match is `invalid_credentials`. */
export const currentPassword = wellFormedText
  .meta({
    description: 'The password that you have now. To be left out if you have none: a recent sign-in is enough then.',
    format: 'password',
    examples: ['the-password-of-before'],
  })
  .optional()

/** 3 to 32 of a-z 0-9 _ . - with a letter or digit at both ends; upper case is folded. */
export const username = wellFormedText
  // Before it is folded: to lower case the Kelvin sign is the letter k too.
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{1,30}[A-Za-z0-9]$/,
    'Must have 3 to 32 of a-z, 0-9, _ . - and start and end with a letter or digit',
  )
  .meta({
    description: 'Upper case is folded. Some names are reserved: admin, root, system, me and the like.',
    examples: ['alice'],
  })
  .transform((text) => text.toLowerCase())
  .refine((name) => !reservedUsernames.has(name), 'This username is reserved')

export const displayName = wellFormedText
  .meta({
    description:
      'Kept as the nickname profile of RFC 8266 makes it: spaces are trimmed and collapsed, compatible characters become one ' +
      'form (NFKC). Counted after that, with at least one visible character; no control, direction or invisible characters, ' +
      'no stacks of accents, and no word of Latin, Cyrillic and Greek letters mixed.',
    format: 'display-name',
    minLength: 1,
    maxLength: displayNameMaxLength,
    examples: ['Alice'],
  })
  .transform(enforceNickname)
  .superRefine((name, context) => {
    const problem = findNameProblem(name, displayNameMaxLength)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  })

export const avatarUrl = textUpTo(avatarUrlMaxLength)
  .refine(isPlainWebUrl, 'Must be an absolute https or http URL without credentials')
  .meta({
    description: 'An absolute https or http URL without credentials, or null for none.',
    format: 'uri',
    examples: ['https://example.com/alice.png'],
  })
  .nullable()

function isPlainWebUrl(text: string): boolean {
  // The URL parser would quietly drop white space and mend slashes; what stands before an @ is credentials, even empty.
  return /^https?:\/\/[^/?#@\\\s\p{Cc}]+([/?#][^\\\s\p{Cc}]*)?$/iu.test(text) && URL.canParse(text)
}
