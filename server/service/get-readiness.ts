import type { RequestHandler } from 'express'
import type { Deps } from '../deps.ts'

/** Requests are welcome: 200, or 503 while the server drains or its database does not answer. */
export const getReadiness =
  ({ db, isDraining }: Deps): RequestHandler =>
  async (_request, response) => {
    // A row that is always there, so that the file is read.
    await db.selectFrom('signing_keys').select('id').limit(1).executeTakeFirstOrThrow()
    response.status(isDraining() ? 503 : 200).json({ status: isDraining() ? 'draining' : 'ready' })
  }
