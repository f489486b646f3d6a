import * as z from 'zod'
import { countCharacters, wellFormedText } from './text.ts'

/** A point in time as the API shows it: ISO 8601 in UTC. */
export const timestamp = z.string().meta({ format: 'date-time', examples: ['2026-11-23T12:00:00.000Z'] })

/** An id as the API shows it: a UUID of version 7 in lower case (RFC 9562, section 5.7). */
export const id = z.string().meta({ format: 'uuid', examples: ['019363a5-7c00-7b3e-9d2f-4b1f0c8e6a57'] })

/** Text of at most so many characters, counted as JSON Schema counts them: in code points, not in UTF-16 units. */
export const textUpTo = (maxLength: number) =>
  wellFormedText
    .refine((text) => countCharacters(text) <= maxLength, `Must have at most ${maxLength} characters`)
    .meta({ maxLength })
