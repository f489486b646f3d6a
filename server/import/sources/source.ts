import type { Column } from '../columns.ts'

/** What one of our columns gets, and the name of the column that it came from. */
export interface Field {
  readonly path: string
  readonly value: unknown
}

export interface Translated {
  readonly fields: Partial<Record<Column, Field | undefined>>
  /** Why this person is not for an import, whatever else the row says. */
  readonly refusals?: readonly { readonly path: string; readonly message: string }[]
}

/** What wrote the file: which columns it has, and what they are in ours. */
export interface Source {
  /** The columns without which it cannot be such a file; of each group one. */
  readonly needed: readonly (readonly string[])[]
  /** The column that usernames come from. */
  readonly usernames: string
  /** What to say of columns that do not belong here; exports have many that are left aside. */
  refuseColumns(names: readonly string[]): string | undefined
  translate(row: Readonly<Record<string, unknown>>, now: number): Translated
}

/** A field from the first of these columns that has anything in it. */
export function firstOf(row: Readonly<Record<string, unknown>>, ...paths: readonly string[]): Field | undefined {
  const path = paths.find((name) => !isEmpty(row[name]))
  return path === undefined ? undefined : { path, value: row[path] }
}

/** Other systems write nothing as an empty text as well. */
export const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

/** As JSON, SQLite and PostgreSQL write it. */
export const isTrue = (value: unknown): boolean => ['true', 't', '1'].includes(String(value))

/** Databases write `2024-05-01 12:00:00.123+00`, and ISO 8601 wants a T in it, and the minutes of the zone. */
export function toIsoTime(field: Field | undefined): Field | undefined {
  if (field !== undefined && /^\d{9,13}$/.test(String(field.value))) {
    return { ...field, value: toIsoFromEpoch(Number(field.value)) }
  }
  if (typeof field?.value !== 'string') return field
  const [, date, time, zone = ''] =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(field.value) ?? []
  if (date === undefined || time === undefined) return field
  const minutes = /^[+-]\d\d$/.test(zone) ? ':00' : ''
  return { ...field, value: `${date}T${time}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}${minutes}` }
}

/** Seconds or milliseconds: in seconds the year 5138 begins at 1e11. */
const toIsoFromEpoch = (time: number): string => new Date(time < 1e11 ? time * 1000 : time).toISOString()

/** Whether a time that is written like these has not come yet; what cannot be read counts as one that never comes. */
export function liesAhead(field: Field | undefined, now: number): boolean {
  if (field === undefined) return false
  return !(Date.parse(String(toIsoTime(field)?.value)) <= now)
}
