import type { Deps } from '../deps.ts'
import { updateBotsLastUsed } from './bot-store.ts'

/** When bots were last used, in memory until it is written: a request of theirs waits for no write. */
export class BotUse {
  readonly #unsaved = new Map<string, number>()

  note(userId: string, usedAt: number): void {
    this.#unsaved.set(userId, usedAt)
  }

  find(userId: string): number | undefined {
    return this.#unsaved.get(userId)
  }

  /** Its token is another from now on, which nobody has used. */
  forget(userId: string): void {
    this.#unsaved.delete(userId)
  }

  listUnsaved(): [userId: string, usedAt: number][] {
    return [...this.#unsaved]
  }

  noteSaved(saved: readonly (readonly [userId: string, usedAt: number])[]): void {
    for (const [userId, usedAt] of saved) if (this.#unsaved.get(userId) === usedAt) this.#unsaved.delete(userId)
  }
}

export async function saveBotUse({ db, botUse, botCache }: Pick<Deps, 'db' | 'botUse' | 'botCache'>): Promise<void> {
  const unsaved = botUse.listUnsaved()
  if (unsaved.length === 0) return
  await db.transaction().execute(async (trx) => await updateBotsLastUsed(trx, unsaved))
  botUse.noteSaved(unsaved)
  for (const [userId] of unsaved) botCache.forgetUser(userId)
}
