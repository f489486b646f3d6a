import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { findLastBackup } from '../backups/backup-store.ts'
import type { Deps } from '../deps.ts'

/** Every metric of the server; each is read when it is asked for. */
export function createMetrics({ db }: Pick<Deps, 'db'>): Registry {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const registers = [register]

  new Gauge({
    name: 'guestlist_last_proven_backup_timestamp_seconds',
    help: 'When the last backup was proven whole, in seconds since the epoch; 0 when there is none',
    registers,
    async collect() {
      this.set(((await findLastBackup(db))?.provenAt ?? 0) / 1000)
    },
  })
  new Gauge({
    name: 'guestlist_backup_size_bytes',
    help: 'How large that backup is; 0 when there is none',
    registers,
    async collect() {
      this.set((await findLastBackup(db))?.bytes ?? 0)
    },
  })
  return register
}
