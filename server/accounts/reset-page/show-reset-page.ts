import * as z from 'zod'
import { endpoint } from '../../endpoint.ts'
import { resetPage } from './reset-page.ts'

/** Only what this server sends is run, and only this server is called; the form is sent by its script alone. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const showResetPage = endpoint(
  {
    id: 'showResetPage',
    tag: 'Accounts',
    summary: 'Open the page on which a new password is set',
    description:
      'Mails link to it unless `RESET_URL` names another page; the code stands in the fragment, `#code=…`. Opening it ' +
      'changes nothing: the password is set when the button is pressed.',
    answer: { status: 200, description: 'The page', schema: z.string(), mediaTypes: ['text/html'] },
  },
  ({ config }) => {
    const page = resetPage(config)
    return (_request, response) => {
      response.set('Content-Security-Policy', policy)
      response.type('text/html').send(page)
    }
  },
)
