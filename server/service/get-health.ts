import * as z from 'zod'
import { endpoint } from '../endpoint.ts'

const Health = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' })

/** The process lives. */
export const getHealth = endpoint(
  {
    id: 'getHealth',
    tag: 'Service',
    summary: 'See whether the process lives',
    answer: { status: 200, description: 'It does', schema: Health },
  },
  () => (_request, response) => {
    response.json({ status: 'ok' })
  },
)
