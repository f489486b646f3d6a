import * as z from 'zod'
import { id, timestamp } from '../http/schemas.ts'

/** One of a person's accounts at a provider, as the API shows it. */
export const OAuthAccount = z
  .strictObject({
    id,
    provider: z.string().meta({ examples: ['github'] }),
    providerAccountId: z.string().meta({ description: 'The id at the provider.', examples: ['583231'] }),
    email: z
      .string()
      .nullable()
      .meta({ examples: ['alice@example.com'] }),
    displayName: z
      .string()
      .nullable()
      .meta({ examples: ['Alice'] }),
    linkedAt: timestamp,
  })
  .meta({ id: 'OAuthAccount' })

export type OAuthAccount = Readonly<z.infer<typeof OAuthAccount>>
