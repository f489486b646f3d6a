import type { Clock } from './clock.ts'

// A tab's write to localStorage takes a moment to reach the others, longer than the lock takes to be handed on.
const LINGER = 100

/**
 * Runs `work` while no other tab of the origin runs one under the same name (Web Locks API). Goes on without the
 * lock where there are none, where the page may not use them, and when waiting for it takes longer than `patience`
 * milliseconds: the server forgives two refreshes at once, a person does not forgive a page that hangs.
 */
export function withWebLock<T>(
  name: string | undefined,
  { patience, clock, hasWritten }: { patience: number; clock: Clock; hasWritten: (result: T) => boolean },
  work: () => Promise<T>,
): Promise<T> {
  const locks: LockManager | undefined = globalThis.navigator?.locks
  if (name === undefined || locks === undefined) return work()
  return new Promise((resolve) => {
    let running: Promise<T> | undefined
    const workAndLinger = async () => {
      running = work()
      resolve(running)
      if (!hasWritten(await running)) return
      await new Promise<void>((release) => clock.setTimeout(release, LINGER))
    }
    // A failure of `work` reaches the caller through `running`; any other means that the lock was not to be had.
    locks.request(name, { signal: AbortSignal.timeout(patience) }, workAndLinger).catch(() => {
      if (running === undefined) resolve(work())
    })
  })
}
