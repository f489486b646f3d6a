import type { ScryptParams } from 'scrypt-kdf'

/** The bytes that a hash takes while it is computed (RFC 7914, sections 5 and 6: V, B of all p blocks, and two blocks to work in). */
export const scryptMemory = ({ logN, r, p }: ScryptParams): number => 128 * r * (2 ** logN + p + 2)
