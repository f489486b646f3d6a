import { once } from 'node:events'
import { openSocket, parseAnswers, readToEnd } from './raw-http.ts'
import type { Answer } from './send.ts'

const body = JSON.stringify({ email: 'nobody@example.com', password: 'a password of nobody' })
const head = 'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'

/** A sign-in that is under way: it asked whether to send its body, and was told to. */
export async function beginRequest(url: string): Promise<{ finish: () => Promise<Answer | undefined> }> {
  const socket = await openSocket(url)
  const all = readToEnd(socket)
  socket.write(`${head}Content-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`)
  await once(socket, 'data')
  return {
    finish: async () => {
      socket.write(body)
      return parseAnswers(await all)[1]
    },
  }
}

/** Sends a signal, and waits until it has been heard: then a connection without a request is closed. */
export async function signalHeard(url: string, sendSignal: () => unknown): Promise<void> {
  const idle = await openSocket(url)
  const closed = once(idle, 'close')
  sendSignal()
  await closed
}
