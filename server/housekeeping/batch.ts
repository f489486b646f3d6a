/** What is deleted in one transaction. */
export interface Batch<Cursor> {
  /** Where the batch before ended; undefined at the start of the table. */
  readonly after: Cursor | undefined
  /** How many rows may be deleted. */
  readonly limit: number
  readonly now: number
}

export interface Cleared<Cursor> {
  readonly deleted: number
  /** Where the next batch begins; undefined when there is nothing more. */
  readonly next: Cursor | undefined
}

/** How many rows a batch looks at: many more than it deletes, and still no time at all. */
export const rowsLookedAt = 1000

/**
 * Where a batch ends that looked at these rows, `rowsLookedAt` at the most: with the last one that it may delete.
 *
 * @returns the last row, and whether there may be more behind it; undefined without rows
 */
export function cutBatch<Row extends { readonly is_passed: unknown }>(
  rows: readonly Row[],
  limit: number,
): { readonly last: Row; readonly isEnd: boolean } | undefined {
  const passed = rows.filter((row) => row.is_passed === 1)
  const last = passed.length > limit ? passed[limit - 1] : rows.at(-1)
  return last && { last, isEnd: last === rows.at(-1) && rows.length < rowsLookedAt }
}
