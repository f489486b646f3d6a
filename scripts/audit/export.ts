// Writes every audit event as JSON lines: guestlist audit export
import { StartupError } from '../../db/startup-error.ts'
import { findAuditAnchor } from '../../server/audit/audit-anchor-store.ts'
import { findAuditHead, listAuditEvents } from '../../server/audit/audit-store.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { write } from '../cli/output.ts'
import { startProgress } from '../cli/progress.ts'
import { toAuditJson } from './list.ts'

const pageSize = 1000

export const exportAudit = () =>
  command({
    name: 'export',
    summary: 'Write all audit events as JSON lines, oldest first',
    details: 'Each line carries its hash, so that the chain can be checked elsewhere.',
    examples: [['audit export > audit.jsonl', 'a line an event']],
  }).action(async () => {
    await withDataFile(async ({ db }) => {
      // What is written meanwhile is left out, or an export beside a busy server would have no end.
      const last = (await findAuditHead(db))?.sequence ?? 0
      const anchor = await findAuditAnchor(db)
      if (anchor !== undefined) {
        console.error(`Events up to number ${anchor.sequence} were pruned; the first line follows ${anchor.hash}.`)
      }
      const first = anchor?.sequence ?? 0
      const progress = startProgress('exporting', last - first)
      for (let after = first; after < last; ) {
        const limit = Math.min(pageSize, last - after)
        const events = await listAuditEvents(db, { after, limit, order: 'oldest first' })
        if (((await findAuditAnchor(db))?.sequence ?? 0) > after) {
          throw new StartupError('old events were pruned just now, and are missing here: export again')
        }
        if (events.length === 0) break
        await write(events.map((event) => `${JSON.stringify(toAuditJson(event))}\n`).join(''))
        after = events.at(-1)?.sequence ?? last
        progress.update(after - first)
      }
      progress.stop()
    })
  })
