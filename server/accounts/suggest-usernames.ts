import type { Deps } from '../deps.ts'
import { username } from './account-fields.ts'

const longestBase = 27
const triesWithNumber = 3

/**
 * Usernames for somebody who chose none, the best first: after the public name that they have elsewhere, or else
 * after nothing. Their real name and their email address are not for everybody here to see.
 */
export function suggestUsernames(deps: Pick<Deps, 'randomBytes'>, handle: string | undefined): string[] {
  const base = (handle ?? '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, longestBase)
    .replace(/[^a-z0-9]+$/, '')
  const digits = (): string => String(deps.randomBytes(4).readUInt32BE() % 10_000).padStart(4, '0')
  const numbered = Array.from({ length: triesWithNumber }, () => `${base}-${digits()}`)
  const anonymous = `guest-${deps.randomBytes(6).toString('hex')}`
  return [base, ...numbered, anonymous].filter((name) => username.safeParse(name).success)
}
