import type { Config } from '../config.ts'
import { AuthError } from '../errors.ts'
import { textUpTo } from '../http/schemas.ts'
import { isAmong } from '../origins.ts'

const path = 'returnTo'

/** Where the browser is sent back to, with `oauth_code` added to its query. */
export const returnAddress = textUpTo(2048).meta({
  description:
    'An absolute URL of one of the origins that the server lets people come back to. `oauth_code` is added to its query.',
  examples: ['http://localhost:5173/welcome'],
})

/** The address in the one form in which it will be used, or `validation_failed`. */
export function getReturnAddress({ oauth }: Pick<Config, 'oauth'>, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  // Others have an origin too: `blob:` that of the page which made it, where no server answers.
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw refuse('Must be an absolute http or https URL without credentials')
  }
  // To anywhere else a code could be carried off.
  if (!isAmong(oauth.returnOrigins, url.origin)) {
    throw refuse('Must be of one of the origins in OAUTH_RETURN_ORIGINS of this server')
  }
  return url.href
}

const refuse = (message: string) => new AuthError('validation_failed', { errors: [{ path, message }] })

export function addCode(returnTo: string, code: string): string {
  const url = new URL(returnTo)
  url.searchParams.set('oauth_code', code)
  return url.href
}
