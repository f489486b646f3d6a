import * as z from 'zod'

/** Text that UTF-8 can carry: a lone surrogate would be stored and hashed as another character. */
export const wellFormedText = z.string().refine((text) => text.isWellFormed(), 'Must not hold lone surrogates')

export const countCharacters = (text: string): number => [...text].length
