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
 */
export async function checkPasswordStrength(
  { config, commonPasswords }: Pick<Deps, 'config' | 'commonPasswords'>,
  password: string,
): Promise<void> {
  const normalised = password.normalize('NFKC')
  const length = countCharacters(normalised)
  if (length < config.passwordMinLength) refuse(config, normalised, 'is too short')
  if (length > passwordMaxLength) refuse(config, normalised, 'is too long')
  if (await commonPasswords.includes(normalised)) refuse(config, normalised, 'is among the most common ones')
}

/** Throws `weak_password` when the password is the person's own email address or username. */
export function checkPasswordIsNotName({ config }: Pick<Deps, 'config'>, password: string, owner: Owner): void {
  const folded = password.normalize('NFKC').toLowerCase()
  if (folded === owner.email?.toLowerCase()) refuse(config, folded, 'is the email address')
  if (folded === owner.username) refuse(config, folded, 'is the username')
}

function refuse({ passwordMinLength }: Deps['config'], normalised: string, problem: string): never {
  const rule = `It must have ${passwordMinLength} to ${passwordMaxLength} characters`
  const detail = `This password ${problem}. ${rule}; this one has ${countCharacters(normalised)}. A few words do.`
  throw new AuthError('weak_password', { detail, errors: [{ path: 'password', message: detail }] })
}
