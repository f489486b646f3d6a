import type { TokenStorage } from './token-storage.ts'

/** The part of the browser's `Storage` that is used (HTML Living Standard, section 12.2). */
export interface WebStorageArea {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/**
 * Keeps the token in `localStorage`, where all tabs of the origin share it and it outlives the page.
 *
 * @param area `localStorage`, or `() => localStorage` where touching it may already throw
 * @param key the item's name; one for each server that a page talks to
 */
export function webStorage(area: WebStorageArea | (() => WebStorageArea), key = 'guestlist.token'): TokenStorage {
  const open = typeof area === 'function' ? area : () => area
  return {
    get: () => open().getItem(key),
    set: (token) => open().setItem(key, token),
    remove: () => open().removeItem(key),
    lockName: key,
  }
}
