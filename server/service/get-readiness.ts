import * as z from 'zod'
import { endpoint } from '../endpoint.ts'

const Readiness = z.strictObject({ status: z.enum(['ready', 'draining']) }).meta({ id: 'Readiness' })

/** Requests are welcome: 200, or 503 while the server drains or its database does not answer. */
export const getReadiness = endpoint(
  {
    id: 'getReadiness',
    tag: 'Service',
    summary: 'See whether requests are welcome',
    answer: {
      status: 200,
      description: 'They are',
      schema: Readiness,
      otherStatuses: { 503: 'The server is draining, or its database does not answer' },
    },
    errors: ['database_unavailable'],
  },
  ({ db, isDraining }) =>
    async (_request, response) => {
      // A row that is always there, so that the file is read.
      await db.selectFrom('signing_keys').select('id').limit(1).executeTakeFirstOrThrow()
      response.status(isDraining() ? 503 : 200).json({ status: isDraining() ? 'draining' : 'ready' })
    },
)
