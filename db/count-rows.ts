import type { Database as SqliteHandle } from 'better-sqlite3'

/** How many rows each table has. */
export type RowCounts = Readonly<Record<string, number>>

export function countRows(handle: SqliteHandle): RowCounts {
  const isOurs = "type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
  const names = handle.prepare(`SELECT name FROM sqlite_schema WHERE ${isOurs} ORDER BY name`).pluck().all() as string[]
  const count = (name: string): number =>
    handle
      .prepare(`SELECT count(*) FROM "${name.replaceAll('"', '""')}"`)
      .pluck()
      .get() as number
  return Object.fromEntries(names.map((name) => [name, count(name)]))
}
