import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { buildDocument } from './build-document.ts'

const Document = z
  .looseObject({ openapi: z.string().meta({ examples: ['3.1.0'] }), info: z.looseObject({}), paths: z.looseObject({}) })
  .meta({ id: 'OpenApiDocument' })

/** Built at the first request: a server that nobody asks need not know. */
export const getOpenApi = endpoint(
  {
    id: 'getOpenApi',
    tag: 'Service',
    summary: 'Read this document',
    answer: { status: 200, description: 'The OpenAPI document of this server', schema: Document },
  },
  ({ routes, config }) => {
    let text: string | undefined
    return (_request, response) => {
      text ??= JSON.stringify(buildDocument(routes, config))
      response.type('application/json').send(text)
    }
  },
)
