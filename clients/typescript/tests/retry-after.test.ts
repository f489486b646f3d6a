import test from 'ava'
import { parseRetryAfter } from '../src/retry-after.ts'

const now = Date.parse('Sun, 06 Nov 1994 08:49:37 GMT')

test('Retry-After is read as seconds or as a date', (t) => {
  t.is(parseRetryAfter('120', now), 120)
  t.is(parseRetryAfter('0', now), 0)
  t.is(parseRetryAfter('Sun, 06 Nov 1994 08:50:07 GMT', now), 30)
})

test('a Retry-After in the past is now', (t) => {
  t.is(parseRetryAfter('Sun, 06 Nov 1994 08:00:00 GMT', now), 0)
})

test('a Retry-After that is missing or cannot be read is none', (t) => {
  for (const header of [null, '', 'soon', '-']) t.is(parseRetryAfter(header, now), undefined)
})
