import { readDataVersion } from '../db/data-version.ts'
import { listUsersWithAccess } from './accounts/user-access-store.ts'
import { findAuditHead, listAuditEvents } from './audit/audit-store.ts'
import type { Deps } from './deps.ts'

const pageSize = 1000

type NoticeDeps = Pick<
  Deps,
  'db' | 'knownNetworks' | 'now' | 'sessionCache' | 'botCache' | 'presence' | 'presenceStreams'
>

/**
 * Notices what another process has written to the data file, such as the operator's command, without reading it on
 * every request: whatever is kept in memory of who may do what is looked up anew.
 */
export class OtherProcesses {
  readonly #deps: NoticeDeps
  #dataVersion: number | undefined
  #auditSequence = 0
  #isFollowUpDue = false

  constructor(deps: NoticeDeps) {
    this.#deps = deps
  }

  /** Several times a second, and quick: from then on no request is let pass by what was true before. */
  async notice(): Promise<void> {
    const { db, sessionCache, botCache } = this.#deps
    const isFirst = this.#dataVersion === undefined
    const dataVersion = await readDataVersion(db)
    if (dataVersion === this.#dataVersion) return
    this.#dataVersion = dataVersion
    sessionCache.clear()
    botCache.clear()
    if (isFirst) this.#auditSequence = (await findAuditHead(db))?.sequence ?? 0
    else this.#isFollowUpDue = true
  }

  /** What takes longer, beside the requests: streams that are open, and who is shown online. */
  async followUp(): Promise<void> {
    if (!this.#isFollowUpDue) return
    // Before it begins: what is written meanwhile is followed up once more. What fails is tried again.
    this.#isFollowUpDue = false
    try {
      const areConfirmed = await this.#deps.presenceStreams.confirmAll()
      await this.#disconnectShutOut()
      await this.#deps.knownNetworks.read()
      this.#isFollowUpDue ||= !areConfirmed
    } catch (error) {
      this.#isFollowUpDue = true
      throw error
    }
  }

  /** The audit trail tells of whom something was ended; who has no way in any more is not online either. */
  async #disconnectShutOut(): Promise<void> {
    const { db, now, presence } = this.#deps
    for (;;) {
      const events = await listAuditEvents(db, { after: this.#auditSequence, limit: pageSize })
      this.#auditSequence = events.at(-1)?.sequence ?? this.#auditSequence
      const named = [...new Set(events.map(({ userId }) => userId))].filter((id) => id !== undefined)
      const found = await listUsersWithAccess(db, named, now())
      const hasAccess = new Map(found.map((user) => [user.userId, user.hasAccess]))
      // Of an account that was deleted there is no row.
      for (const id of new Set([...named, ...hasAccess.keys()])) if (!hasAccess.get(id)) presence.disconnectUser(id)
      if (events.length < pageSize) return
    }
  }
}
