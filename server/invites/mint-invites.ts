import type { DatabaseTransaction } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import { day } from '../durations.ts'
import { hashCode, makeInviteCode } from './invite-code.ts'
import { insertInvites, type NewInvite } from './invite-store.ts'

export const defaultInviteTtlMs = 7 * day

export interface MintOptions {
  readonly count: number
  /** Undefined: without limit. */
  readonly maxUses: number | undefined
  /** Milliseconds since the epoch; undefined: never. */
  readonly expiresAt: number | undefined
  readonly note?: string | undefined
  /** A code of the operator's own instead of a random one; then `count` is 1. */
  readonly customCode?: string | undefined
  readonly isFirstStart?: boolean
}

type MintDeps = Pick<Deps, 'now' | 'newId' | 'randomBytes'>

/** As many rows as one statement takes well: each has eleven values. */
const chunkSize = 200

/** Thrown when a custom code, folded, is one that was minted before. */
export class InviteCodeExists extends Error {
  override readonly name = 'InviteCodeExists'
}

export interface MintedInvite {
  readonly code: string
  readonly invite: NewInvite
}

/** Makes codes without writing them: what takes time happens before the database is held. */
export function makeInvites(deps: MintDeps, options: MintOptions): MintedInvite[] {
  return Array.from({ length: options.count }, () => {
    const code = options.customCode ?? makeInviteCode(deps.randomBytes)
    return { code, invite: newInvite(code, deps, options) }
  })
}

export async function insertMintedInvites(
  trx: DatabaseTransaction,
  minted: readonly MintedInvite[],
  onProgress: (written: number) => void = () => {},
): Promise<void> {
  for (let start = 0; start < minted.length; start += chunkSize) {
    const chunk = minted.slice(start, start + chunkSize).map(({ invite }) => invite)
    const written = await insertInvites(trx, chunk)
    if (written !== chunk.length) throw new InviteCodeExists('a code like this exists already')
    onProgress(start + chunk.length)
  }
}

/** Mints codes and returns them; they are stored as hashes, so this is the only time that they can be shown. */
export async function mintInvites(trx: DatabaseTransaction, deps: MintDeps, options: MintOptions): Promise<string[]> {
  const minted = makeInvites(deps, options)
  await insertMintedInvites(trx, minted)
  return minted.map(({ code }) => code)
}

function newInvite(code: string, { now, newId }: MintDeps, options: MintOptions): NewInvite {
  return {
    id: newId(),
    codeHash: hashCode(code),
    firstGroup: options.customCode === undefined ? code.slice(0, code.indexOf('-')) : undefined,
    maxUses: options.maxUses,
    createdAt: now(),
    expiresAt: options.expiresAt,
    note: options.note,
    isFirstStart: options.isFirstStart ?? false,
  }
}

/** The link that people receive: a fragment never reaches a server's log (RFC 3986, section 3.5). */
export function inviteLink(inviteUrl: string | undefined, code: string): string | null {
  return inviteUrl === undefined ? null : `${inviteUrl}#invite=${code}`
}
