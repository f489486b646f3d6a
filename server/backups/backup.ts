import { basename } from 'node:path'
import type { AuditHead } from '../audit/audit-event.ts'

/** A copy of the data file that was proven whole. */
export interface Backup {
  /** Absolute path. */
  readonly file: string
  readonly bytes: number
  /** In hexadecimal, as `sha256sum` prints it. */
  readonly sha256: string
  readonly users: number
  readonly auditHead: AuditHead | undefined
  readonly startedAt: number
  readonly provenAt: number
}

const namePattern = /^guestlist-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-([1-9]\d*))?\.db$/

/** A time as it stands in the names of files, in UTC: 20261125T094500Z. */
export const toStamp = (time: number): string => new Date(time).toISOString().replace(/\.\d+|[-:]/g, '')

/** The first name is plain, later ones in the same second carry -2, -3 and so on. */
export const backupName = (time: number, number: number): string =>
  `guestlist-${toStamp(time)}${number === 1 ? '' : `-${number}`}.db`

/** When a backup of this name was made, and which of that second it is; undefined when it is no such name. */
export function parseBackupName(file: string): { readonly time: number; readonly number: number } | undefined {
  const [, year, month, date, hours, minutes, seconds, number = '1'] = namePattern.exec(basename(file)) ?? []
  if (year === undefined) return undefined
  const time = Date.parse(`${year}-${month}-${date}T${hours}:${minutes}:${seconds}Z`)
  return Number.isNaN(time) ? undefined : { time, number: Number(number) }
}
