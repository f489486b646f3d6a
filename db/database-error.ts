export const errorCode = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

/** Whether another process held the lock; what was refused has done nothing. */
export const isBusy = (error: unknown): boolean => errorCode(error).startsWith('SQLITE_BUSY')

const unavailable = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM|CORRUPT|NOTADB)/

/** Whether the database could not do its work just now, as opposed to a query that is wrong. */
export const isDatabaseUnavailable = (error: unknown): boolean => unavailable.test(errorCode(error))

/** Whether a value stands in the way that must be there once only. */
export const isTaken = (error: unknown): boolean => errorCode(error) === 'SQLITE_CONSTRAINT_UNIQUE'
