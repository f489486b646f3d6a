// Lists audit events: guestlist audit list
import type { AuditEvent } from '../../server/audit/audit-event.ts'
import { listAuditEvents } from '../../server/audit/audit-store.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { limitOption, parseAge, toLimit } from '../cli/options.ts'
import { printJson, printTable, toIso, toMinute } from '../cli/output.ts'
import { getUserId } from './user-id.ts'

export const listAudit = () =>
  command({
    name: 'list',
    summary: 'List audit events, newest first',
    examples: [
      ['audit list', 'the newest 50'],
      ['audit list --event session.token_reused --since 30d', 'stolen tokens of a month'],
      ['audit list --user alice --json', 'about one account, for a program'],
    ],
  })
    .addOption(limitOption(50))
    .option('--event <name>', 'only these, like account.disabled')
    .option('--user <account>', 'only about this account; of a deleted one give the id')
    .option('--since <age>', 'only as old as this, like 12h or 7d', parseAge)
    .option('--json', 'print an array and nothing else')
    .action(async ({ limit, event, user, since: age, json }) => {
      await withDataFile(async ({ db, now }) => {
        const userId = user === undefined ? undefined : await getUserId(db, user)
        const since = age === undefined ? undefined : now() - age
        const order = 'newest first'
        const events = await listAuditEvents(db, { limit: toLimit(limit), event, userId, since, order })
        if (json) return printJson(events.map(toAuditJson))
        printTable(
          ['#', 'at', 'event', 'user', 'session', 'details'],
          events.map(({ sequence, at, event: name, userId: id, sessionId, details }) => [
            sequence,
            toMinute(at),
            name,
            id ?? null,
            sessionId ?? null,
            details === undefined ? null : JSON.stringify(details),
          ]),
        )
      })
    })

export const toAuditJson = ({ at, userId, sessionId, details, ...rest }: AuditEvent) => ({
  ...rest,
  at: toIso(at),
  userId: userId ?? null,
  sessionId: sessionId ?? null,
  details: details ?? null,
})
