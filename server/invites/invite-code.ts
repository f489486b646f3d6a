import { createHash } from 'node:crypto'
import { textUpTo } from '../http/schemas.ts'
import { checkSymbol, randomSymbols } from './crockford.ts'

const randomLength = 24
const groupLength = 5
const customMinLength = 3

/** SHA-256 of a folded code: all that the database keeps of it. */
export type InviteCodeHash = Buffer & { readonly brand: 'InviteCodeHash' }

/** What people may type: anything short of nonsense. Whether it is a code, the database decides. */
export const inviteCode = textUpTo(200).meta({
  description: 'Letter case, spaces and dashes do not matter; I and L are read as 1, O as 0.',
  examples: ['ABC123'],
})

/** 25 symbols in five groups of five; the last symbol checks the others. */
export function makeInviteCode(randomBytes: (size: number) => Uint8Array): string {
  const random = randomSymbols(randomLength, randomBytes)
  return groupSymbols(random + checkSymbol(random))
}

export function groupSymbols(text: string): string {
  return (text.match(new RegExp(`.{1,${groupLength}}`, 'g')) ?? []).join('-')
}

/** Reading forgives: letter case, I and L for 1, O for 0, spaces and dashes. All codes fold alike. */
export function foldCode(code: string): string {
  return code
    .replace(/[\s\p{Pd}]/gu, '')
    .toUpperCase()
    .replace(/[IL]/g, '1')
    .replace(/O/g, '0')
}

export function hashCode(code: string): InviteCodeHash {
  return createHash('sha256').update(foldCode(code)).digest() as InviteCodeHash
}

/** 3 to 64 letters, digits and dashes, of which at least 3 count. */
export function isCustomCode(code: string): boolean {
  return /^[A-Za-z0-9-]{3,64}$/.test(code) && foldCode(code).length >= customMinLength
}

/** Under 12 symbols a machine can guess a code. */
export const isGuessable = (code: string): boolean => foldCode(code).length < 12
