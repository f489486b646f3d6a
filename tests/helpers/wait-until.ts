import { setTimeout as delay } from 'node:timers/promises'

/** Waits for something that comes by itself, as long as the test may run. */
export async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(5)
}
