import { invalidAnswer } from './answer.ts'
import type { OAuthStart } from './answers.ts'
import { GuestlistError } from './guestlist-error.ts'
import type { WebStorageArea } from './web-storage.ts'

const PARAMETER = 'oauth_code'

/** Answers after which the flow is still there: the request was put off, or a fresh token is needed first. */
const LEAVES_FLOW = new Set([0, 401, 429, 502, 503, 504])

/**
 * The secret of the sign-in through a provider that is under way. It outlives the page in the tab's `sessionStorage`,
 * where there is a page; elsewhere, and where that is forbidden, it is in memory, of each client alone. The latest flow counts.
 */
export class OAuthFlow {
  readonly #key: string
  #secret: string | undefined

  constructor(baseUrl: string) {
    this.#key = `guestlist.oauth ${baseUrl}`
  }

  /** Keeps the secret of a flow that has begun. */
  begin(answer: unknown): OAuthStart {
    const { authorizationUrl, flowSecret } = (answer ?? {}) as Partial<OAuthStart>
    if (typeof authorizationUrl !== 'string' || typeof flowSecret !== 'string') {
      throw invalidAnswer(200, 'The answer begins no sign-in. Is baseUrl right?')
    }
    this.#secret = flowSecret
    withTabStorage((storage) => storage.setItem(this.#key, flowSecret))
    return { authorizationUrl, flowSecret }
  }

  /** The secret to exchange a code with; without any the server gets to say so. */
  read(): string {
    return this.#secret ?? withTabStorage((storage) => storage.getItem(this.#key)) ?? ''
  }

  /** Forgets the secret if the flow is over by what came of its exchange; `undefined` for a success. */
  settle(secret: string, error?: unknown): void {
    const isOver = error === undefined || (error instanceof GuestlistError && !LEAVES_FLOW.has(error.status))
    if (!isOver || this.read() !== secret) return
    this.#secret = undefined
    // Another client of this page may have begun a flow since.
    withTabStorage((storage) => {
      if (storage.getItem(this.#key) === secret) storage.removeItem(this.#key)
    })
  }
}

function withTabStorage<T>(use: (storage: WebStorageArea) => T): T | undefined {
  // Of a server it would be one for all: each client, and whoever it serves, would share the secret of the last flow.
  if (globalThis.location === undefined) return undefined
  try {
    return use(sessionStorage)
  } catch {
    // There is none, or the page may not use it.
    return undefined
  }
}

/** The address of the page, to come back to. @throws TypeError where there is no page and none was given */
export function returnAddress(given: string | undefined): string {
  if (given !== undefined) return given
  if (globalThis.location === undefined)
    throw new TypeError('returnTo is required where there is no page to return to.')
  const url = new URL(location.href)
  url.searchParams.delete(PARAMETER)
  return url.href
}

/** Takes the code out of the page's address, so that it is neither kept nor sent on; undefined where there is none. */
export function takeCodeFromAddress(): string | undefined {
  const url = new URL(globalThis.location?.href ?? 'http://nowhere')
  const code = url.searchParams.get(PARAMETER)
  if (code === null) return undefined
  url.searchParams.delete(PARAMETER)
  history.replaceState(history.state, '', url.href)
  return code
}
