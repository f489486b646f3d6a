import * as z from 'zod'

/** In paths. */
export const providerName = z.string().meta({ description: 'The `name` of a provider.', examples: ['github'] })
