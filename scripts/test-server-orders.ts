import * as z from 'zod'
import type { Deps } from '../server/deps.ts'
import { isCustomCode } from '../server/invites/invite-code.ts'
import { defaultInviteTtlMs, InviteCodeExists, mintInvites } from '../server/invites/mint-invites.ts'

/** How far the server's clock runs ahead of the machine's, in milliseconds. */
export interface MovedClock {
  movedMs: number
}

/** One order a line: `{"id": 1, "advanceMs": 60000}` or `{"id": 2, "mint": {"uses": 1, "code": "ABC123"}}`. */
const Order = z.union([
  z.strictObject({ id: z.int(), advanceMs: z.int().min(0).max(Number.MAX_SAFE_INTEGER) }),
  z.strictObject({
    id: z.int(),
    mint: z.strictObject({
      /** Null: without limit. */
      uses: z.int().min(1).nullable().default(1),
      code: z.string().refine(isCustomCode, 'must have 3 to 64 letters, digits and dashes').optional(),
    }),
  }),
])

export type OrderAnswer =
  | { readonly id: number; readonly now: number }
  | { readonly id: number; readonly code: string }
  | { readonly id: number | null; readonly error: string }

/** Does what a line orders; what is wrong with it is told in the answer, and nothing is done then. */
export async function followOrder(deps: Deps, clock: MovedClock, line: string): Promise<OrderAnswer> {
  const order = Order.safeParse(parseJson(line))
  if (!order.success) return { id: idOf(line), error: z.prettifyError(order.error) }
  const { id } = order.data
  if ('advanceMs' in order.data) {
    clock.movedMs += order.data.advanceMs
    return { id, now: deps.now() }
  }
  const { uses, code: customCode } = order.data.mint
  const mint = { count: 1, maxUses: uses ?? undefined, expiresAt: deps.now() + defaultInviteTtlMs, customCode }
  try {
    const [code = ''] = await deps.db.transaction().execute(async (trx) => await mintInvites(trx, deps, mint))
    return { id, code }
  } catch (error) {
    if (!(error instanceof InviteCodeExists)) throw error
    return { id, error: `the code ${customCode} exists already` }
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function idOf(line: string): number | null {
  const id = (parseJson(line) as { id?: unknown } | undefined)?.id
  return typeof id === 'number' ? id : null
}
