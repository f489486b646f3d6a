/**
 * An id as one segment of a path, encoded. Refuses, before anything is sent, what could reach another path.
 *
 * @throws TypeError when it is no string, empty, `.` or `..`, or holds `/ ? # \`, control characters or lone surrogates
 */
export function pathSegment(id: string): string {
  if (typeof id !== 'string') throw new TypeError('The id must be a string.')
  if (id === '') throw new TypeError('The id must not be empty.')
  if (id === '.' || id === '..') throw new TypeError('The id must not be a dot segment.')
  if (/[/?#\\]/.test(id)) throw new TypeError('The id must not hold any of / ? # \\.')
  if (/[\p{Cc}\p{Cs}]/u.test(id)) throw new TypeError('The id must not hold control characters or lone surrogates.')
  return encodeURIComponent(id)
}
