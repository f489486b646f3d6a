import { errorCode } from './database-error.ts'

/**
 * A commit failed when part of it was on its way to the disk: whether it is there, only a recovery tells (SQLite, "Atomic
 * Commit", section 5). After a failed fsync the kernel may have dropped what it could not write, so asking once more tells nothing.
 */
export class CommitOutcomeUnknown extends Error {
  override readonly name = 'CommitOutcomeUnknown'
  readonly code: string

  constructor(cause: unknown) {
    super('whether the last commit is on the disk is not known', { cause })
    this.code = errorCode(cause)
  }
}

/** After that nothing is written any more, or a later commit would overwrite what recovery is to judge. */
export class NoMoreWrites extends Error {
  override readonly name = 'NoMoreWrites'
  readonly code = 'SQLITE_READONLY'

  constructor() {
    super('nothing is written after a commit whose outcome is not known')
  }
}

/**
 * Whether an error at the end of a transaction leaves open what became of it. A full disk (`SQLITE_FULL`) does not: then a
 * page could not be written that comes before the mark of the commit.
 */
export const leavesOpen = (error: unknown): boolean => errorCode(error).startsWith('SQLITE_IOERR')
