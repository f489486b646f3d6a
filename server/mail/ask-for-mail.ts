import type { Deps } from '../deps.ts'
import { minute, second } from '../durations.ts'
import { AuthError } from '../errors.ts'
import { networksOf } from '../http/networks.ts'
import { countRequests, deleteOfLargestSite, insertRequest } from './outbox-store.ts'

const most = 1000
/** How many may wait from one network: an address or a /64, and a /24 or a /48. */
const share = { network: 10, site: 40 }

interface MailRequest {
  /** As somebody typed it. */
  readonly recipient: string
  /** Two requests with the same key are one. */
  readonly key: string
  /** Where the request comes from. */
  readonly address: string
}

/**
 * Writes down that somebody asks for a code, which is looked into when its turn has come: so it is the same work whether or not
 * there is such an account. Throws `rate_limited` when as many wait from its network as may, and `overloaded` when
 * too many wait from everywhere.
 */
export async function askForResetCode(
  deps: Pick<Deps, 'db' | 'now' | 'newId'>,
  { recipient, key, address }: MailRequest,
): Promise<void> {
  const networks = networksOf(address)
  const [network] = networks
  const site = networks.at(-1) ?? network
  const createdAt = deps.now()
  await deps.db.transaction().execute(async (trx) => {
    const waiting = await countRequests(trx, { network, site })
    const request = { id: deps.newId(), kind: 'reset code', recipient, key, network, site, createdAt } as const
    // In rounds: the second of a site waits until every other has had its first.
    const isNew = await insertRequest(trx, { ...request, turn: 1 + waiting.site })
    if (!isNew) return
    if (waiting.network >= share.network || waiting.site >= share.site) {
      const detail = 'Too many mails that were asked for from your network wait to be sent. Try again later.'
      throw new AuthError('rate_limited', { detail, retryAfter: minute / second })
    }
    // Where it is full, whoever has the most makes room.
    if (waiting.all >= most && !(await deleteOfLargestSite(trx, waiting.site + 1, createdAt))) {
      throw new AuthError('overloaded', { retryAfter: minute / second })
    }
  })
}
