// Milliseconds.
const FIRST_PAUSE = 250

/** Milliseconds to wait, up to twice as long each time: clients that failed together come back one by one. */
export function backOff(failures: number, longest: number): number {
  return Math.random() * Math.min(longest, FIRST_PAUSE * 2 ** failures)
}
