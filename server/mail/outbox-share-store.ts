import type { DatabaseTransaction } from '../../db/schema.ts'

/** How many requests wait: all, those from a network, and those from its site. */
export async function countRequests(
  trx: DatabaseTransaction,
  { network, site }: { readonly network: string; readonly site: string },
): Promise<{ all: number; network: number; site: number }> {
  return await trx
    .selectFrom('outbox')
    .select(({ fn }) => [
      fn.countAll<number>().as('all'),
      fn.countAll<number>().filterWhere('network', '=', network).as('network'),
      fn.countAll<number>().filterWhere('site', '=', site).as('site'),
    ])
    .where('network', 'is not', null)
    .executeTakeFirstOrThrow()
}

/** The site that has the most requests waiting. */
export async function findLargestSite(trx: DatabaseTransaction): Promise<string> {
  const { site } = await trx
    .selectFrom('outbox')
    .select(({ fn }) => ['site', fn.countAll<number>().as('requests')])
    .where('site', 'is not', null)
    .$narrowType<{ site: string }>()
    .groupBy('site')
    .orderBy('requests', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  return site
}

export type Crowd = { readonly network: string } | { readonly site: string }

/** Deletes the request of a crowd that came last; whether one that is not being sent was there. */
export async function deleteNewest(
  trx: DatabaseTransaction,
  crowd: Crowd,
  { except, now }: { readonly except: string; readonly now: number },
): Promise<boolean> {
  const [column, value] = 'network' in crowd ? (['network', crowd.network] as const) : (['site', crowd.site] as const)
  const newest = trx
    .selectFrom('outbox')
    .select('id')
    .where(column, '=', value)
    .where('id', '!=', except)
    .where('claimed_until', '<=', now)
    .orderBy('turn', 'desc')
    .orderBy('created_at', 'desc')
    .limit(1)
  const { numDeletedRows } = await trx.deleteFrom('outbox').where('id', 'in', newest).executeTakeFirstOrThrow()
  return numDeletedRows === 1n
}
