/** A row as it stands in the file: nothing of it has been checked. */
export interface Row {
  /** Of the file, counted from 1; where the row begins. */
  readonly line: number
  readonly fields: Readonly<Record<string, unknown>>
}

/** Why a row is refused. */
export interface Refusal {
  readonly line: number
  /** The column, or '' for the whole row. */
  readonly path: string
  readonly message: string
}

/** What is wrong from this line on, so that nothing after it can be read. */
export class Unreadable extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}
