import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Answer } from './send.ts'

/** Sends bytes as they stand, and reads until the server closes the connection: all answers, in order. */
export async function sendBytes(url: string, bytes: string | Buffer): Promise<Answer[]> {
  const socket = await openSocket(url)
  socket.write(bytes)
  return parseAnswers(await readToEnd(socket))
}

export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  // A server that refuses a request may close before it has read all of it.
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

export async function readToEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}

/** Answers with a length, one after the other. */
export function parseAnswers(text: string): Answer[] {
  const answers: Answer[] = []
  for (let rest = text; rest !== ''; ) {
    const headEnd = rest.indexOf('\r\n\r\n')
    if (headEnd === -1) throw new Error(`no answer of HTTP: ${rest}`)
    const [statusLine = '', ...lines] = rest.slice(0, headEnd).split('\r\n')
    const headers = new Headers(lines.map((line): [string, string] => splitHeader(line)))
    const status = Number(statusLine.split(' ')[1])
    const bytes = Buffer.from(rest.slice(headEnd + 4))
    const length = status === 100 ? 0 : Number(headers.get('content-length') ?? 0)
    const body = bytes.subarray(0, length).toString()
    answers.push({ status, headers, text: body, body: parseIfJson(headers, body) })
    rest = bytes.subarray(length).toString()
  }
  return answers
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

const parseIfJson = (headers: Headers, text: string): unknown =>
  /json/.test(headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : undefined
