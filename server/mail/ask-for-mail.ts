import type { DatabaseTransaction } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import { networksOf } from '../http/networks.ts'
import { type Crowd, countRequests, deleteNewest, findLargestSite } from './outbox-share-store.ts'
import { insertRequest } from './outbox-store.ts'

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
 * there is such an account. Nobody is refused. How long rows wait depends on the accounts in them, so whoever learned that a
 * share is full, by the answer or by a commit without a write, could tell who is a member.
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
    // In rounds: the second of a site waits until every other has had its first.
    const turn = 1 + Math.min(waiting.site, share.site)
    const request = { id: deps.newId(), kind: 'reset code', recipient, key, network, site, turn, createdAt } as const
    const isNew = await insertRequest(trx, request)
    const crowd = isNew && (await findCrowd(trx, waiting, { network, site }))
    if (crowd) await deleteNewest(trx, crowd, { except: request.id, now: createdAt })
  })
}

/** Of whom one makes room for a new request; undefined while there is room. */
async function findCrowd(
  trx: DatabaseTransaction,
  waiting: { readonly all: number; readonly network: number; readonly site: number },
  { network, site }: { readonly network: string; readonly site: string },
): Promise<Crowd | undefined> {
  if (waiting.network >= share.network) return { network }
  if (waiting.site >= share.site) return { site }
  return waiting.all >= most ? { site: await findLargestSite(trx) } : undefined
}
