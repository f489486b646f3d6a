import { statSync } from 'node:fs'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { findLastBackup } from '../backups/backup-store.ts'
import type { Deps } from '../deps.ts'
import { second } from '../durations.ts'
import { countWaiting } from '../mail/outbox-waiting-store.ts'
import { version } from '../version.ts'
import { type Counts, TableCounts } from './table-counts.ts'

export type MetricsDeps = Pick<
  Deps,
  | 'config'
  | 'connections'
  | 'db'
  | 'guessBrake'
  | 'droppedLogLines'
  | 'hashing'
  | 'mailer'
  | 'now'
  | 'presence'
  | 'presenceStreams'
  | 'readiness'
  | 'requestMetrics'
  | 'writeProbe'
>

/** Every metric of the server; each is read when it is asked for. */
export function createMetrics(deps: MetricsDeps): Registry {
  const register = new Registry()
  collectDefaultMetrics({ register })
  for (const metric of deps.requestMetrics?.metrics ?? []) register.registerMetric(metric)

  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
    const metric = new Gauge({
      name: `guestlist_${name}`,
      help,
      registers: [register],
      async collect() {
        metric.set(await read())
      },
    })
  }

  const info = new Gauge({
    name: 'guestlist_build_info',
    help: '1, with the version that runs',
    labelNames: ['version'],
    registers: [register],
  })
  info.set({ version }, 1)

  const { connections, guessBrake, hashing, presence, presenceStreams } = deps
  gauge('ready', '1 while requests are welcome, as /readyz says it', async () => {
    await deps.writeProbe.refresh(deps.db)
    return Number(deps.readiness.isReady)
  })
  gauge('password_hashes_running', 'Password hashes that are computed just now', () => hashing.load.running)
  gauge('password_hashes_waiting', 'Those that wait for their turn', () => hashing.load.waiting)
  const counter = (name: string, help: string, read: () => number): void => {
    const metric = new Counter({
      name: `guestlist_${name}_total`,
      help,
      registers: [register],
      collect() {
        metric.reset()
        metric.inc(read())
      },
    })
  }
  counter('password_hashes_refused', 'Those that were refused because too many waited', () => hashing.load.refused)
  gauge('guess_brake', '1 while networks that have not signed in before are put off', () => Number(guessBrake.isOn))
  counter('guesses_put_off', 'Attempts to sign in that were put off by that', () => guessBrake.putOff)
  const dropped = new Counter({
    name: 'guestlist_log_lines_dropped_total',
    help: 'Lines of the log that were dropped because standard output took none',
    registers: [register],
    collect() {
      dropped.reset()
      dropped.inc(deps.droppedLogLines())
    },
  })
  gauge('users_online', 'Users who are online', () => presence.onlineCount)
  gauge('connections_online', 'Their connections', () => presence.connectionCount)
  gauge('http_connections', 'Connections that are open', () => connections.load.open)
  counter('http_connections_refused', 'Those that were closed as too many', () => connections.load.refused)
  gauge('presence_streams', 'Streams of presence that are open', () => presenceStreams.count)

  const tables = new TableCounts(deps)
  const count = (name: string, help: string, of: keyof Counts): void =>
    gauge(name, help, async () => (await tables.get())[of])
  count('people', 'Accounts of people', 'people')
  count('bots', 'Accounts of bots', 'bots')
  count('accounts_disabled', 'Accounts that are disabled', 'disabled')
  count('sessions', 'Sessions that have neither ended nor expired', 'liveSessions')
  count('invites_open', 'Invites by which somebody may still join', 'openInvites')
  count('invite_uses', 'How often the invites that there are have been used', 'inviteUses')

  gauge('notices_waiting', 'Notices by mail that wait to be sent', async () => (await countWaiting(deps.db)).notices)
  gauge(
    'mail_requests_waiting',
    'Mails that were asked for and wait',
    async () => (await countWaiting(deps.db)).requests,
  )
  counter('mails_sent', 'Mails that the mail server took', () => deps.mailer?.counts.sent ?? 0)
  counter('mails_given_up', 'Mails and requests for them that were given up', () => deps.mailer?.counts.givenUp ?? 0)

  const { databaseFile } = deps.config
  gauge('database_size_bytes', 'The size of the data file', () => sizeOf(databaseFile))
  gauge('database_wal_size_bytes', 'The size of its write-ahead log', () => sizeOf(`${databaseFile}-wal`))
  gauge(
    'last_proven_backup_timestamp_seconds',
    'When the last backup was proven whole, in seconds since the epoch; 0 when there is none',
    async () => ((await findLastBackup(deps.db))?.provenAt ?? 0) / second,
  )
  gauge(
    'backup_size_bytes',
    'How large that backup is; 0 when there is none',
    async () => (await findLastBackup(deps.db))?.bytes ?? 0,
  )
  return register
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
