import { gzipSync } from 'node:zlib'
import test from 'ava'
import { allOf, outcomesOf } from '../helpers/outcomes.ts'
import { sendBytes } from '../helpers/raw-http.ts'
import { bodyRoutes, signedInSender } from '../helpers/requests-with-bodies.ts'
import { startServer } from '../helpers/start-server.ts'

const inUtf16 = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'utf16le'))
const quoted = (...bytes: number[]): Uint8Array<ArrayBuffer> => new Uint8Array([0x22, ...bytes, 0x22])

const notUtf8 = {
  'a byte that never occurs': quoted(0xff),
  'a lone continuation byte': quoted(0x80),
  'a character cut short': quoted(0xe2, 0x82),
  'an overlong form': quoted(0xc0, 0xaf),
  'a surrogate': quoted(0xed, 0xa0, 0x80),
  'beyond the last code point': quoted(0xf4, 0x90, 0x80, 0x80),
  'Latin 1': new Uint8Array(Buffer.from('{"email":"é"}', 'latin1')),
  'UTF-16': inUtf16('{"email":"alice@example.com"}'),
  'UTF-16 with a byte order mark': inUtf16('\ufeff{"email":"alice@example.com"}'),
}

const mediaTypes = {
  'application/json': true,
  'Application/JSON': true,
  'application/json; charset=utf-8': true,
  'application/json;charset="UTF-8"': true,
  'application/json; charset=utf8': true,
  'application/json;': true,
  'application/json; version=1; charset=utf-8': true,
  'application/json; charset=utf-16': false,
  'application/json; charset=iso-8859-1': false,
  'application/json; charset=': false,
  'application/merge-patch+json': false,
  'application/problem+json': false,
  'application/jsonp': false,
  'application/json, text/plain': false,
  'application/x-www-form-urlencoded': false,
  'multipart/form-data; boundary=x': false,
  'text/json': false,
  json: false,
  '*/*': false,
  '': false,
}

test('a body that is not UTF-8 is malformed, on every route with a body', async (t) => {
  const send = await signedInSender(await startServer(t))
  for (const route of bodyRoutes) {
    const outcomes = await outcomesOf(t, notUtf8, (body) => send(route, body))
    t.deepEqual(outcomes, allOf(notUtf8, '400 malformed_request'), route.path)
  }
})

test('only application/json in UTF-8 is a supported media type, on every route with a body', async (t) => {
  const send = await signedInSender(await startServer(t))
  const types = Object.fromEntries(Object.keys(mediaTypes).map((type) => [type, type]))
  for (const route of bodyRoutes) {
    const outcomes = await outcomesOf(t, types, (type) => send(route, '[]', { headers: { 'content-type': type } }))
    for (const [type, isSupported] of Object.entries(mediaTypes)) {
      const expected = isSupported ? '422 validation_failed' : '415 unsupported_media_type'
      t.is(outcomes[type], expected, `"${type}" on ${route.path}`)
    }
  }
})

test('nothing compressed is supported, on any route with a body', async (t) => {
  const send = await signedInSender(await startServer(t))
  const body = new Uint8Array(gzipSync('{}'))
  const codings = { gzip: 'gzip', brotli: 'br', deflate: 'deflate', unheard: 'of' }
  for (const route of bodyRoutes) {
    const outcomes = await outcomesOf(t, codings, (coding) =>
      send(route, body, { headers: { 'content-encoding': coding } }),
    )
    t.deepEqual(outcomes, allOf(codings, '415 unsupported_media_type'), route.path)
  }
})

test('a byte order mark before the body is passed over, as RFC 8259 allows', async (t) => {
  const server = await startServer(t)
  const body = '\ufeff{"email":"nobody@example.com","password":"a password of nobody"}'
  t.is((await server.request('POST', '/api/auth/login', { body })).body.code, 'invalid_credentials')
})

test('a body without a media type is not supported', async (t) => {
  const server = await startServer(t)
  const head = 'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2'
  const [answer] = await sendBytes(server.url, `${head}\r\n\r\n{}`)
  t.is(answer?.body.code, 'unsupported_media_type')
})
