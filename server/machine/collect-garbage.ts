import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Gives back what is no longer used, which V8 would otherwise do when it likes. Takes some ten milliseconds. */
export function collectGarbage(): void {
  // The function that this flag makes is seen by contexts that are made from then on.
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  collect()
}
