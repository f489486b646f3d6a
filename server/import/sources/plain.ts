import { type Column, columns, refuseUnknown } from '../columns.ts'
import type { Field, Source } from './source.ts'

/** Columns with our own names, and no others. */
export const plain: Source = {
  needed: [['email']],
  usernames: 'username',
  refuseColumns: refuseUnknown,
  translate: (row) => {
    const names = Object.keys(columns) as Column[]
    const given = names.filter((name) => (row[name] ?? undefined) !== undefined)
    return {
      fields: Object.fromEntries(given.map((name): [string, Field] => [name, { path: name, value: row[name] }])),
    }
  },
}
