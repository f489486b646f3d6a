import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'

const Readiness = z.strictObject({ status: z.enum(['ready', 'draining']) }).meta({ id: 'Readiness' })

/** Requests are welcome: 200, or 503 while the server drains, or its database does not answer or cannot be written. */
export const getReadiness = endpoint(
  {
    id: 'getReadiness',
    tag: 'Service',
    summary: 'See whether requests are welcome',
    answer: {
      status: 200,
      description: 'They are',
      schema: Readiness,
      otherStatuses: { 503: 'The server is draining, or its database does not answer or cannot be written' },
    },
    errors: ['database_unavailable'],
  },
  ({ db, readiness, writeProbe, dataFileWatch }) =>
    async (_request, response) => {
      dataFileWatch.look()
      // A row that is always there, so that the file is read.
      await db.selectFrom('signing_keys').select('id').limit(1).executeTakeFirstOrThrow()
      if (readiness.has('draining')) return void response.status(503).json({ status: 'draining' })
      await writeProbe.refresh(db)
      if (!readiness.isReady) throw new AuthError('database_unavailable', { retryAfter: 1 })
      response.json({ status: 'ready' })
    },
)
