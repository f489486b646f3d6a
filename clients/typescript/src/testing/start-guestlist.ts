import { createLogin } from './people.ts'
import { findServerFolder } from './server-folder.ts'
import { startServerProcess } from './server-process.ts'
import type { MintInviteOptions, TestGuestlist } from './test-guestlist.ts'

export interface StartGuestlistOptions {
  /**
   * The folder of a Guestlist checkout; when left out, the one that the environment variable GUESTLIST_SERVER names, or
   * the one that this package lies in.
   */
  readonly server?: string | undefined
  /** Settings of the server as its environment would hold them, such as `{ TOKEN_TTL: '1m' }`. */
  readonly settings?: Readonly<Record<string, string>> | undefined
}

/**
 * Starts the real server for an application's own tests, on a free port, with a data file that goes away with it, a
 * clock to move, hashes of the lowest cost and no limits by address. Node only. The server ends by `stop()`, at the end
 * of an `await using` block, and with the process that started it, however that ends.
 *
 * @throws Error when there is no checkout to start it from, or a setting cannot be used; it says which
 */
export async function startGuestlist({ server, settings = {} }: StartGuestlistOptions = {}): Promise<TestGuestlist> {
  const { hello, order, stop } = await startServerProcess(findServerFolder(server), settings)
  let moved = 0
  const mintInvite = async ({ uses, code }: MintInviteOptions = {}) =>
    String((await order({ mint: { uses, code } })).code)
  return {
    ...hello,
    clock: {
      now: () => Date.now() + moved,
      advance: async (milliseconds) => {
        await order({ advanceMs: milliseconds })
        moved += milliseconds
      },
    },
    loginAs: createLogin(hello.url, mintInvite),
    mintInvite,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
