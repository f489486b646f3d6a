import { enforceNickname, findNameProblem } from '../accounts/display-name.ts'
import type { ProfileFields } from '../oauth-settings.ts'

/** Who somebody is at a provider. All but issuer and subject is for showing only: nobody is recognised by it. */
export interface ProviderIdentity {
  readonly issuer: string
  readonly subject: string
  readonly email: string | undefined
  readonly displayName: string | undefined
  /** The public name that they have chosen there. */
  readonly handle: string | undefined
}

export type Profile = Readonly<Record<string, unknown>>

/** What OpenID Connect calls them (Core 1.0, section 5.1). */
export const standardClaims: ProfileFields = {
  subject: ['sub'],
  email: ['email'],
  displayName: ['name'],
  handle: ['preferred_username'],
}

/** OpenID Connect Core 1.0, section 2: a subject has at most 255 characters. */
const subjectMaxLength = 255
const emailMaxLength = 254
const nameMaxLength = 128

/** Reads what a provider tells of somebody; undefined where it does not tell who it is. */
export function readIdentity(issuer: string, profile: Profile, fields: ProfileFields): ProviderIdentity | undefined {
  const subject = readSubject(firstOf(profile, fields.subject))
  if (subject === undefined) return undefined
  return {
    issuer,
    subject,
    email: readText(firstOf(profile, fields.email), emailMaxLength),
    displayName: readName(firstOf(profile, fields.displayName)),
    handle: readText(firstOf(profile, fields.handle), nameMaxLength),
  }
}

const firstOf = (profile: Profile, names: readonly string[]): unknown =>
  names.map((name) => (Object.hasOwn(profile, name) ? profile[name] : undefined)).find((value) => value != null)

/** Letter for letter; of numbers only those that JSON carries without loss. */
function readSubject(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? String(value) : undefined
  return readText(value, subjectMaxLength)
}

/** One that we would not let anybody have is left out: it is for showing only. */
function readName(value: unknown): string | undefined {
  const name = enforceNickname(readText(value, nameMaxLength) ?? '')
  return findNameProblem(name, nameMaxLength) === undefined ? name : undefined
}

function readText(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > maxLength) return undefined
  return value.isWellFormed() && !/\p{Cc}/u.test(value) ? value : undefined
}
