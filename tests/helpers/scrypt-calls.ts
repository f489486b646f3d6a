import crypto from 'node:crypto'

/** The costs of all scrypt runs of this process. Import it before the server: the hashing library keeps its own hold. */
export const scryptCalls: { N: number; r: number; p: number; keyLength: number }[] = []

const { scrypt } = crypto

crypto.scrypt = ((...parameters: Parameters<typeof scrypt>) => {
  const [, , keyLength, options] = parameters
  const { N = 0, r = 0, p = 0 } = options
  scryptCalls.push({ N, r, p, keyLength })
  scrypt(...parameters)
}) as typeof scrypt
