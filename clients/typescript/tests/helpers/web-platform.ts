import type { ExecutionContext } from 'ava'
import type { WebStorageArea } from '../../src/index.ts'

/** What localStorage is, for several clients in one process to share. */
export function memoryArea(): WebStorageArea {
  const items = new Map<string, string>()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}

type Callback = () => Promise<unknown>

/** Replaces `navigator.locks`, which Node 22 lacks and Node 24 has, for one test. */
export function fakeLocks(t: ExecutionContext, kind: 'working' | 'missing' | 'forbidden' | 'held' = 'working') {
  const seen = { names: [] as string[], held: 0 }
  const queues = new Map<string, Promise<unknown>>()
  const request = (name: string, { signal }: { signal: AbortSignal }, callback: Callback): Promise<unknown> => {
    seen.names.push(name)
    if (kind === 'forbidden') return Promise.reject(new DOMException('Not here', 'SecurityError'))
    if (kind === 'held') {
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    const whileHeld = async () => {
      seen.held += 1
      try {
        return await callback()
      } finally {
        seen.held -= 1
      }
    }
    const result = (queues.get(name) ?? Promise.resolve()).then(whileHeld)
    queues.set(
      name,
      result.catch(() => undefined),
    )
    return result
  }
  replaceProperty(t, globalThis.navigator, 'locks', kind === 'missing' ? undefined : { request })
  return seen
}

/** Sets a property for the length of one test. */
export function replaceProperty(t: ExecutionContext, target: object, name: string, value: unknown): void {
  const before = Object.getOwnPropertyDescriptor(target, name)
  Object.defineProperty(target, name, { value, configurable: true, writable: true })
  t.teardown(() => {
    if (before === undefined) Reflect.deleteProperty(target, name)
    else Object.defineProperty(target, name, before)
  })
}

/** Gives the process what a page has: the events of its coming and going, and beacons. */
export function fakePage(t: ExecutionContext, options: { beacons?: boolean } = {}) {
  const page = new EventTarget()
  const beacons: unknown[][] = []
  const state = { visibilityState: 'visible' }
  const send = (...call: unknown[]) => beacons.push(call) > 0
  replaceProperty(t, globalThis, 'addEventListener', page.addEventListener.bind(page))
  replaceProperty(t, globalThis, 'document', state)
  replaceProperty(t, globalThis.navigator, 'sendBeacon', options.beacons === false ? undefined : send)
  const fire = (name: string, fields: object = {}) => page.dispatchEvent(Object.assign(new Event(name), fields))
  const show = (visibilityState: 'visible' | 'hidden') => {
    state.visibilityState = visibilityState
    fire('visibilitychange')
  }
  return { beacons, fire, show }
}
