/**
 * A server's address without a slash at its end. The messages do not repeat it: it might hold a password.
 *
 * @param name what the option is called
 * @throws TypeError when it is not an absolute http or https URL, or holds credentials, a query or a fragment
 */
export function parseBaseUrl(baseUrl: string, name = 'baseUrl'): string {
  const url = typeof baseUrl === 'string' ? parseUrl(baseUrl) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError(`${name} must be an absolute http or https URL, such as http://localhost:3000.`)
  }
  if (url.username !== '' || url.password !== '') throw new TypeError(`${name} must not hold credentials.`)
  if (url.search !== '' || url.hash !== '') throw new TypeError(`${name} must not hold a query or a fragment.`)
  return url.href.replace(/\/+$/, '')
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
