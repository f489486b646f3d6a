import type { Results } from '../results.ts'
import { median } from '../statistics.ts'
import { count, figure, table } from './table.ts'

/** The measured part of docs/scale.md. */
export function describeScale({ date, machine, growth, storm }: Results): string {
  return `Measured on ${date}: ${machine}, the server on one core. Everybody has a password and a session.

${table(
  [
    'people',
    'file MB',
    '`GET /me` a second',
    '`GET /users/:id` a second',
    'refreshes a second',
    'start ms',
    'memory MB',
    'backup s',
  ],
  growth.map(({ people, megabytes, me, user, refresh, start, resident, backup }) => [
    people.toLocaleString('en'),
    figure(megabytes),
    count(median(me)),
    count(median(user)),
    count(median(refresh)),
    figure(start),
    figure(resident),
    figure(backup),
  ]),
)}

Those who ask are 1,000 people in turn; those asked for with \`GET /users/:id\` are 20,000 from all over the file. The backup is proven, and the server runs meanwhile.

${table(
  [
    'after a restart, all at once',
    'clients',
    'seconds until the last is answered',
    'p50 ms',
    'p99 ms',
    'errors',
    'memory MB, all online',
  ],
  storm.map(({ what, clients, seconds, p50, p99, errors, resident }) => [
    what,
    clients.toLocaleString('en'),
    figure(seconds),
    figure(p50),
    figure(p99),
    String(errors),
    figure(resident),
  ]),
)}`
}
