import { EventEmitter, once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { Fetch } from '../../src/index.ts'

/** The real fetch, with a way to wait until the client has dealt with so many answers or failures. */
export function watchedFetch(): { fetch: Fetch; done: (count: number) => Promise<void> } {
  const news = new EventEmitter()
  let finished = 0
  const fetch: Fetch = async (url, init) => {
    try {
      const response = await globalThis.fetch(url, init)
      // Read to the end here, so that the client has nothing left to wait for.
      const text = await response.text()
      return new Response(text === '' ? null : text, response)
    } finally {
      finished += 1
      news.emit('finished')
    }
  }
  const done = async (count: number) => {
    while (finished < count) await once(news, 'finished')
    await setImmediate()
  }
  return { fetch, done }
}
