import type { Deps } from '../deps.ts'
import { AuthError } from '../errors.ts'
import { countCharacters, wellFormedText } from '../http/text.ts'

export const passwordMaxLength = 128

/** A password to be set. One with NULs at its end would be opened without them: HMAC pads its key with NULs. */
export const newPassword = wellFormedText
  .refine((text) => !text.includes('\0'), 'Must not hold NUL characters')
  .meta({
    description:
      'Counted in characters after normalisation (NFKC). Not among the most common ones, and not your own email address ' +
      'or username.',
    format: 'password',
    maxLength: passwordMaxLength,
    pattern: '^[^\\u0000]*$',
    examples: ['secure-password'],
  })

interface Owner {
  readonly email: string | null
  readonly username: string
}

/**
 * Throws `weak_password` for one that is too short, too long or among the most common (NIST SP 800-63B, 3.1.1.2).
 * Characters are code points of the normalised password (NFKC), as it will be hashed.
 *
 * @param field the name that it has in the body
 */
export async function checkPasswordStrength(
  { config, commonPasswords }: Pick<Deps, 'config' | 'commonPasswords'>,
  password: string,
  field = 'password',
): Promise<void> {
  const normalised = password.normalize('NFKC')
  const length = countCharacters(normalised)
  if (length < config.passwordMinLength) refuse(config, normalised, field, 'is too short')
  if (length > passwordMaxLength) refuse(config, normalised, field, 'is too long')
  if (await commonPasswords.includes(normalised)) refuse(config, normalised, field, 'is among the most common ones')
}

/** Throws `weak_password` when the password is the person's own email address or username. */
export function checkPasswordIsNotName(
  { config }: Pick<Deps, 'config'>,
  password: string,
  owner: Owner,
  field = 'password',
): void {
  const folded = password.normalize('NFKC').toLowerCase()
  if (folded === owner.email?.toLowerCase()) refuse(config, folded, field, 'is the email address')
  if (folded === owner.username) refuse(config, folded, field, 'is the username')
}

/** Throws `weak_password` when the new password is the one that it is to replace. */
export function checkPasswordIsNew(
  { config }: Pick<Deps, 'config'>,
  password: string,
  current: string,
  field = 'password',
): void {
  const normalised = password.normalize('NFKC')
  if (normalised === current.normalize('NFKC')) refuse(config, normalised, field, 'is the same as the current one')
}

function refuse({ passwordMinLength }: Deps['config'], normalised: string, field: string, problem: string): never {
  const rule = `It must have ${passwordMinLength} to ${passwordMaxLength} characters`
  const detail = `This password ${problem}. ${rule}; this one has ${countCharacters(normalised)}. A few words do.`
  throw new AuthError('weak_password', { detail, errors: [{ path: field, message: detail }] })
}
