import type { Request } from 'express'
import type * as z from 'zod'
import { parseInput } from './body.ts'

/** The query in the shape of the schema, or `validation_failed` with a line for each parameter. */
export const parseQuery = <T extends z.ZodType>(request: Request, schema: T): z.output<T> =>
  parseInput(request.query, schema)
