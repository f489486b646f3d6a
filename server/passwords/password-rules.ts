import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { countCharacters, wellFormedText } from '../http/text.ts'
import { contextWords, foldPassword, isMadeOf, type Owner } from './context-words.ts'
import { estimateGuesses } from './guess-estimate.ts'

export const passwordMaxLength = 128

/** A password to be set. One with NULs at its end would be opened without them: HMAC pads its key with NULs. */
export const newPassword = wellFormedText
  .refine((text) => !text.includes('\0'), 'Must not hold NUL characters')
  .meta({
    description:
      'Counted in characters after normalisation (NFKC). Not among the most common ones, no mere repeat, sequence or row ' +
      'of keys, and not made of your names, your email address or the name of the server.',
    format: 'password',
    maxLength: passwordMaxLength,
    pattern: '^[^\\u0000]*$',
    examples: ['secure-password'],
  })

/** As decimal logarithms. Where shorter passwords are allowed, what resists guessing online is enough. */
const leastGuesses = { usually: 7.9, whereShort: 6 }
const usualMinLength = 15

type RuleDeps = Pick<Deps, 'config' | 'commonPasswords'>

/**
 * Throws `weak_password` for one that is too short, too long, among the most common (NIST SP 800-63B-4, 3.1.1.2), or soon
 * guessed: a repeat, a row of keys, or the name of this server. Characters are code points of the normalised password
 * (NFKC), as it will be hashed.
 *
 * @param field the name that it has in the body
 */
export async function checkPasswordStrength(
  { config, commonPasswords }: RuleDeps,
  password: string,
  field = 'password',
): Promise<void> {
  const normalised = password.normalize('NFKC')
  const length = countCharacters(normalised)
  if (length < config.passwordMinLength) refuseLength(config, normalised, field, 'is too short')
  if (length > passwordMaxLength) refuseLength(config, normalised, field, 'is too long')
  if (await commonPasswords.includes(normalised)) refuse(field, 'is among the most common ones')
  await refuseSoonGuessed(config, normalised, field)
}

/**
 * Throws `weak_password` when the password is the person's name, username or email address, or is made of these and the names
 * of this server (ASVS 5.0, 6.2.11). For one that `checkPasswordStrength` has let pass.
 */
export async function checkPasswordIsNotName(
  { config }: Pick<Deps, 'config'>,
  password: string,
  owner: Owner,
  field = 'password',
): Promise<void> {
  const folded = foldPassword(password)
  if (folded === owner.email?.toLowerCase()) refuse(field, 'is the email address')
  if (folded === owner.username) refuse(field, 'is the username')
  await refuseSoonGuessed(config, password.normalize('NFKC'), field, owner)
}

async function refuseSoonGuessed(
  config: Deps['config'],
  normalised: string,
  field: string,
  owner?: Owner,
): Promise<void> {
  const words = contextWords(config, owner)
  const known = owner === undefined ? 'the name of this server' : 'your name or address, or the name of this server'
  if (isMadeOf(words, normalised)) refuse(field, `is made of ${known}`)
  const least = config.passwordMinLength < usualMinLength ? leastGuesses.whereShort : leastGuesses.usually
  if ((await estimateGuesses(normalised, words)) >= least) return
  refuse(field, `is soon guessed: it is mostly a repeat, a sequence, a row of keys, a common password or ${known}`)
}

/** Throws `weak_password` when the new password is the one that it is to replace. */
export function checkPasswordIsNew(password: string, current: string, field = 'password'): void {
  const normalised = password.normalize('NFKC')
  if (normalised === current.normalize('NFKC')) refuse(field, 'is the same as the current one')
}

function refuseLength(
  { passwordMinLength }: Deps['config'],
  normalised: string,
  field: string,
  problem: string,
): never {
  const rule = `It must have ${passwordMinLength} to ${passwordMaxLength} characters`
  refuse(field, `${problem}. ${rule}; this one has ${countCharacters(normalised)}`)
}

/** Tells what is wrong, and never the password. */
function refuse(field: string, problem: string): never {
  const detail = `This password ${problem}. A few words do.`
  throw new AuthError('weak_password', { detail, errors: [{ path: field, message: detail }] })
}
