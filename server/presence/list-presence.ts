import * as z from 'zod'
import { Profile, toProfile } from '../accounts/profile.ts'
import { listAccountsById } from '../accounts/user-store.ts'
import { endpoint } from '../endpoint.ts'
import { parseQuery } from '../http/query.ts'

const mostOnPage = 500

const isPageSize = (text: string): boolean => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= mostOnPage

const Query = z.strictObject({
  limit: z
    .string()
    .refine(isPageSize, `Must be a whole number from 1 to ${mostOnPage}`)
    // What it is to the reader of the document, however a query writes it.
    .meta({
      description: 'How many are answered at most.',
      type: 'integer',
      minimum: 1,
      maximum: mostOnPage,
      default: 100,
      examples: [100],
    })
    .transform(Number)
    .default(100),
  after: z
    .string()
    .regex(/^[0-9]{1,10}$/, 'Must be the "next" of an earlier answer')
    .meta({ description: 'The `next` of the answer before; left out: from the beginning.', examples: ['99'] })
    .transform(Number)
    .optional(),
})

const OnlinePage = z
  .strictObject({
    users: z.array(Profile),
    next: z
      .string()
      .nullable()
      .meta({
        description: 'What to give as `after` for those that follow; null when these were all.',
        examples: ['99'],
      }),
  })
  .meta({ id: 'OnlinePage' })

export const listPresence = endpoint(
  {
    id: 'listPresence',
    tag: 'Presence',
    summary: 'List who is online',
    description:
      'Page by page, in no order that means anything. Whoever stays online meanwhile is met once. A page may hold fewer ' +
      'than `limit`, also none: only `next` tells whether there are more.',
    query: Query,
    answer: { status: 200, description: 'A page of those who are online', schema: OnlinePage },
  },
  ({ db, presence }) =>
    async (request, response) => {
      const { limit, after } = parseQuery(request, Query)
      const { userIds, next } = presence.listOnline({ after, limit })
      const accounts = await listAccountsById(db, userIds)
      // Shut out, or offline while the database was read.
      const present = accounts.filter(({ user, isDisabled }) => !isDisabled && presence.isOnline(user.id))
      const users = present.map((account) => toProfile(account, presence))
      response.json({ users, next: next === undefined ? null : String(next) })
    },
)
