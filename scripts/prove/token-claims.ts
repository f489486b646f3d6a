interface Claims {
  readonly sid: string
  readonly gen: number
}

/** What a token says, unverified. */
const readClaims = (token: string): Claims => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

export const sessionIdOf = (token: string): string => readClaims(token).sid

export const generationOf = (token: string): number => readClaims(token).gen
