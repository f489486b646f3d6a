import type { TestServer } from './start-server.ts'

/**
 * Lets something happen while the next password is hashed or verified: after the work is done, before whoever asked
 * for it has the result. The work itself is the real one.
 */
export function duringNextHashing(server: TestServer, happen: () => unknown): void {
  const { hashing } = server.auth.deps
  const hash = hashing.hash.bind(hashing)
  const verify = hashing.verify.bind(hashing)
  const once = async <T>(work: Promise<T>): Promise<T> => {
    hashing.hash = hash
    hashing.verify = verify
    const result = await work
    await happen()
    return result
  }
  hashing.hash = (password) => once(hash(password))
  hashing.verify = (stored, password) => once(verify(stored, password))
}

/** Holds back the results of the next verifications until the returned function is called. */
export function holdVerifying(server: TestServer, count: number): () => void {
  const { hashing } = server.auth.deps
  const verify = hashing.verify.bind(hashing)
  const held = Promise.withResolvers<void>()
  let left = count
  hashing.verify = async (stored, password) => {
    const isHeld = left > 0
    left -= 1
    const result = await verify(stored, password)
    if (isHeld) await held.promise
    return result
  }
  return held.resolve
}
