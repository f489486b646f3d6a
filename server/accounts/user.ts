import * as z from 'zod'
import { id } from '../http/schemas.ts'

/** Exactly what the API shows of a person. */
export const User = z
  .strictObject({
    id,
    username: z.string().meta({ examples: ['alice'] }),
    displayName: z.string().meta({ examples: ['Alice'] }),
    avatarUrl: z
      .string()
      .nullable()
      .meta({ description: 'Null when unset.', examples: ['https://example.com/alice.png'] }),
    isBot: z.boolean().meta({ examples: [false] }),
  })
  .meta({ id: 'User', description: 'What everybody who is signed in may see of a person.' })

export type User = Readonly<z.infer<typeof User>>

export const bearerToken = z.string().meta({
  description: 'A JWT (ES256, `typ` `at+jwt`). Send it as `Authorization: Bearer <token>`.',
  examples: ['eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Ii4uLiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl'],
})

export const RefreshedToken = z.strictObject({ token: bearerToken }).meta({ id: 'RefreshedToken' })

export const SignedIn = z.strictObject({ token: bearerToken, user: User }).meta({ id: 'SignedIn' })

export type SignedIn = Readonly<z.infer<typeof SignedIn>>
