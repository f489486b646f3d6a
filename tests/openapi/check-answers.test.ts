import test from 'ava'
import { addPerson } from '../helpers/add-person.ts'
import { findContradiction, type SeenAnswer } from '../helpers/check-answers.ts'
import type { Answer } from '../helpers/send.ts'
import { startServer } from '../helpers/start-server.ts'

const seen = (method: string, url: string, { status, headers, text }: Answer): SeenAnswer => {
  return { method, url, status, headers, text }
}

const without = (headers: Headers, name: string): Headers => {
  const others = new Headers(headers)
  others.delete(name)
  return others
}

test('an answer against the document is noticed: its status, its type, its fields, its headers', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  const me = seen('GET', '/api/auth/me', await server.request('GET', '/api/auth/me', { token }))
  const refused = seen('GET', '/api/auth/me?a', await server.request('GET', '/api/auth/me?a'))
  for (const answer of [me, refused]) t.is(findContradiction(answer), undefined)
  const user = JSON.parse(me.text)
  const broken: [SeenAnswer, RegExp][] = [
    [{ ...me, status: 202 }, /202 is not documented/],
    [{ ...me, status: 204 }, /204 is not documented/],
    [
      { ...me, headers: new Headers({ ...Object.fromEntries(me.headers), 'content-type': 'text/html' }) },
      /"text\/html"/,
    ],
    [{ ...me, text: JSON.stringify({ ...user, email: 'alice@example.com' }) }, /additional properties/],
    [{ ...me, text: JSON.stringify({ ...user, avatarUrl: undefined }) }, /avatarUrl/],
    [{ ...me, text: JSON.stringify({ ...user, id: 'alice' }) }, /uuid/],
    [{ ...me, headers: without(me.headers, 'x-request-id') }, /X-Request-Id/],
    [{ ...refused, headers: without(refused.headers, 'www-authenticate') }, /WWW-Authenticate/],
    [{ ...refused, text: refused.text.replaceAll('token_missing', 'not_found') }, /allowed values/],
    [{ ...me, url: '/api/auth/nowhere' }, /no such operation/],
    [{ ...me, method: 'PUT' }, /no such operation/],
  ]
  for (const [answer, reason] of broken) t.regex(findContradiction(answer) ?? '', reason)
})

test('an unknown path and another method on a known path are problems too, and noticed when they are not', async (t) => {
  const server = await startServer(t)
  const nowhere = seen('GET', '/nowhere', await server.request('GET', '/nowhere'))
  const put = seen('PUT', '/api/auth/me', await server.request('PUT', '/api/auth/me'))
  for (const answer of [nowhere, put]) t.is(findContradiction(answer), undefined)
  t.regex(findContradiction({ ...nowhere, text: '{}' }) ?? '', /required property/)
  t.regex(findContradiction({ ...put, headers: without(put.headers, 'allow') }) ?? '', /Allow/)
})
