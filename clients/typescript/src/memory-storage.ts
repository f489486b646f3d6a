import type { TokenStorage } from './token-storage.ts'

/** Keeps the token for as long as the page or process lives, and shows it to nobody else. The default. */
export function memoryStorage(): TokenStorage {
  let stored: string | null = null
  return {
    get: () => stored,
    set: (token) => {
      stored = token
    },
    remove: () => {
      stored = null
    },
  }
}
