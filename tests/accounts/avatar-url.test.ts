import test from 'ava'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const ofLength = (length: number): string => 'https://example.com/'.padEnd(length, 'a')

test('an absolute https or http URL is kept as it was written, and null takes it away', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const urls = [
    'https://example.com',
    'http://example.com/avatar.png',
    'HTTPS://EXAMPLE.com/A.png',
    'https://example.com:8443/a/../b?size=64&at=@#top',
    'https://[2001:db8::1]/a.png',
    'http://localhost:3000/a.png',
    'https://bücher.example/ä.png',
    'https://example.com/@alice:1',
    ofLength(2048),
  ]
  for (const avatarUrl of urls) {
    const answer = await server.request('PATCH', '/api/auth/me', { token, body: { avatarUrl } })
    t.is(answer.body.avatarUrl, avatarUrl, answer.text)
  }
  const { body: removed } = await server.request('PATCH', '/api/auth/me', { token, body: { avatarUrl: null } })
  t.is(removed.avatarUrl, null)
  t.is((await server.request('GET', '/api/auth/me', { token })).body.avatarUrl, null)
})

test('any other URL is refused, and the avatar stays as it was', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const before = 'https://example.com/before.png'
  await server.request('PATCH', '/api/auth/me', { token, body: { avatarUrl: before } })
  const urls = [
    '',
    'avatar.png',
    '/avatar.png',
    '//example.com/avatar.png',
    'https:example.com/avatar.png',
    'https:/example.com/avatar.png',
    'https:///example.com/avatar.png',
    'https:\\\\example.com/avatar.png',
    'https://',
    'https://?',
    'https://#',
    'https://:443/',
    'https://example.com:99999/',
    'https://exa mple.com/',
    'https://example.com/a b.png',
    ' https://example.com/',
    'https://example.com/\n',
    'https://exam\tple.com/',
    'https://example.com/\0',
    'https://%zz/',
    'https://999.999.999.999/',
    'https://alice@example.com/',
    'https://alice:secret@example.com/',
    'https://:secret@example.com/',
    'https://@example.com/',
    'https://:@example.com/',
    // For some parsers a backslash is a slash, for others a part of the user's name.
    'https://example.com\\@evil.example/',
    'javascript:alert(1)',
    'java\nscript://example.com/%0aalert(1)',
    'data:image/png;base64,AA==',
    'ftp://example.com/avatar.png',
    'file:///etc/passwd',
    'blob:https://example.com/1',
    'https://example.com/\ud800',
    ofLength(2049),
  ]
  for (const avatarUrl of urls) {
    const answer = await server.request('PATCH', '/api/auth/me', { token, body: { avatarUrl } })
    t.is(answer.status, 422, avatarUrl)
    assertProblem(t, answer, 422, 'validation_failed')
    t.is(answer.body.errors[0].path, 'avatarUrl', avatarUrl)
  }
  t.is((await server.request('GET', '/api/auth/me', { token })).body.avatarUrl, before)
})
