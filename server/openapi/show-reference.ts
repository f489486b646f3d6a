import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { referencePage } from './reference-page.ts'

export const showReference = endpoint(
  {
    id: 'showReference',
    tag: 'Service',
    summary: 'Read this document as a page',
    answer: { status: 200, description: 'The page', schema: z.string(), mediaTypes: ['text/html'] },
  },
  ({ config }) => {
    const policy = pagePolicy(config.publicUrl)
    return (_request, response) => {
      response.set('Content-Security-Policy', policy)
      response.type('text/html').send(referencePage)
    }
  },
)

/** Only what this server sends is run, and only this server is called; Swagger UI sets styles and carries its icons. */
function pagePolicy(publicUrl: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self' ${new URL(publicUrl).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
