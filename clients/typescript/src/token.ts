/** Whether this can stand in an Authorization header: visible ASCII without spaces, as every JWT is. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
}

/** Whether it is a bot's: given from outside, so that dropping it would lose it for good. */
export const isBotToken = (token: string): boolean => token.startsWith('glb_')

/** Whether both tokens speak for one person, so that a request of the one may be repeated with the other. */
export function samePerson(one: string, other: string): boolean {
  return claim(one, 'sub') === claim(other, 'sub')
}

/** Whether both tokens belong to one session: refreshing changes the token and keeps its `sid`. */
export function sameSession(one: string, other: string): boolean {
  const sid = claim(one, 'sid')
  return one === other || (sid !== undefined && sid === claim(other, 'sid'))
}

/** Whether a token is of a later generation than another one of its session. */
export const isLater = (one: string, other: string): boolean => Number(claim(one, 'gen')) > Number(claim(other, 'gen'))

/** A claim of a JWT (RFC 7519, section 3), unverified: good for comparing the client's own tokens, for nothing else. */
function claim(token: string, name: 'sub' | 'sid' | 'gen'): unknown {
  try {
    const payload = token.split('.')[1] ?? ''
    return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))[name]
  } catch {
    return undefined
  }
}
