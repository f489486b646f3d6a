import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { mintInvite } from '../../prove/data-file.ts'
import { inLanes } from '../../prove/in-lanes.ts'
import { getMe, makePerson, register, tokenOf } from '../../prove/requests.ts'
import type { Attack } from '../attack.ts'

const longestMs = 5000

/** Sends the bytes and gives the status of every answer, until the server closes or has been silent for long. */
async function sendBytes(url: string, bytes: string): Promise<number[]> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    text += chunk
  })
  socket.write(bytes)
  const ending = new AbortController()
  const { signal } = ending
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await Promise.race([closed, delay(longestMs, undefined, { signal })])
  ending.abort()
  socket.destroy()
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
}

const request = (start: string, lines: readonly string[], body = ''): string => [start, ...lines, '', body].join('\r\n')

/** Each can be read in two ways; the second message, where there is one, is to pass as a request of its own. */
function makeMessages(token: string): string[] {
  const get = 'GET /api/auth/me HTTP/1.1'
  const post = 'POST /api/auth/refresh HTTP/1.1'
  const host = 'Host: localhost'
  const real = `Authorization: Bearer ${token}`
  const hidden = request(get, [host, real, 'Connection: close'])
  return [
    request(get, [host, 'Host: evil.example', real]),
    request(get, [host, host, real]),
    request(get, [host, 'hOST: localhost', real]),
    request(get, ['Host: user@localhost', real]),
    request(get, ['Host: localhost, evil.example', real]),
    request('GET /api/auth/me HTTP/2.0', [host, real]),
    request('GET /api/auth/me HTTP/1.2', [host, real]),
    request('GET /api/auth/me HTTP/0.9', [host, real]),
    request(get, [host, real, 'Authorization: Bearer x']),
    request(get, [host, 'Authorization: Bearer x', real]),
    request(get, [host, real, real]),
    request(post, [host, real, 'Content-Length: 0', 'Content-Length: 0'], hidden),
    request(post, [host, real, 'Content-Length: 0', `Content-Length: ${hidden.length}`], hidden),
    request(post, [host, real, `Content-Length: ${hidden.length}`, 'Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`),
    request(post, [host, real, 'Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], `0\r\n\r\n${hidden}`),
    request(post, [host, real, 'Transfer-Encoding : chunked'], `0\r\n\r\n${hidden}`),
    request(post, [host, real, 'Content-Length: +0'], hidden),
  ]
}

export const twoMessagesInOne = (): Attack => ({
  name: 'two-messages-in-one',
  title:
    'sends requests that a proxy could read otherwise than the server: two hosts, two lengths, another version of HTTP',
  run: async (trial, evidence) =>
    await trial.withServer('two-messages-in-one', async (server) => {
      const token = await tokenOf(register(server, makePerson('alice'), await mintInvite(server.file, 1)))
      const answers = await inLanes(8, makeMessages(token), async (bytes) => sendBytes(server.url, bytes))
      const lines = ['Host: localhost', `Authorization: Bearer ${token}`, 'Connection: close']
      const plain = await sendBytes(server.url, request('GET /api/auth/me HTTP/1.1', lines))
      evidence.expect('a request of one reading', plain, [200])
      evidence.expect('the real token', (await getMe(server, token)).outcome, '200')
      // One answer, and that a refusal: anything else was taken for a request, or for two.
      const gained = answers.filter((statuses) => statuses.length !== 1 || statuses[0] !== 400).length
      return { tried: answers.length, gained }
    }),
})
