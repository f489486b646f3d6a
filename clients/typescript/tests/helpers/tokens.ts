/** A token with the shape and claims of the server's, unsigned. */
export function makeToken({ sub = 'alice', sid = 'session-1', gen = 1 } = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'ES256', typ: 'at+jwt' })}.${part({ sub, sid, gen })}.c2lnbmF0dXJl`
}
