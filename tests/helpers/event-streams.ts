import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { get as getOverTls, type RequestOptions } from 'node:https'
import type { ExecutionContext } from 'ava'
import type { TestServer } from './start-server.ts'

export interface StreamEvent {
  readonly id: string | undefined
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every kind
  readonly data: any
}

export interface EventStream {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Everything that has come so far. */
  readonly text: () => string
  readonly events: () => StreamEvent[]
  /** Resolves once there are so many events; rejects when the stream ends before. */
  take(count: number): Promise<StreamEvent[]>
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>
  close(): void
}

interface OpenOptions {
  readonly lastEventId?: string | undefined
  readonly connection?: string
  /** The address it comes from; the server must trust one proxy. */
  readonly forwardedFor?: string
  /** How to connect, to where TLS is spoken. */
  readonly connect?: RequestOptions
}

/** Opens the stream of presence, and reads along until the test ends. */
export async function openStream(
  t: ExecutionContext,
  server: Pick<TestServer, 'url'>,
  token: string,
  { lastEventId, connection, forwardedFor, connect }: OpenOptions = {},
): Promise<EventStream> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    ...(forwardedFor !== undefined && { 'x-forwarded-for': forwardedFor }),
    ...(connection !== undefined && { 'guestlist-connection': connection }),
  }
  let request: ClientRequest | undefined
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const url = `${server.url}/api/auth/presence/stream`
    request = connect
      ? getOverTls(url, { ...connect, headers: { ...headers, ...connect.headers } }, resolve)
      : get(url, { headers, agent: false }, resolve)
    request.once('error', reject)
  })
  // Thrown where the server breaks the connection off.
  request?.on('error', () => {})
  t.teardown(() => request?.destroy())
  let text = ''
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const go of [...waiting]) go()
  }
  response.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
    wake()
  })
  let isOver = false
  const ended = new Promise<void>((resolve) => {
    response.once('close', () => {
      isOver = true
      resolve()
      wake()
    })
  })
  response.on('error', () => {})
  const events = () => parseEvents(text)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: () => text,
    events,
    take: async (count) => {
      while (events().length < count) {
        if (isOver) throw new Error(`the stream ended after: ${text}`)
        await new Promise<void>((resolve) => waiting.add(resolve))
      }
      return events().slice(0, count)
    },
    ended,
    close: () => request?.destroy(),
  }
}

/** Whole events only; comments are left out. */
function parseEvents(text: string): StreamEvent[] {
  const blocks = text.slice(0, text.lastIndexOf('\n\n') + 1).split('\n\n')
  return blocks
    .map((block) => block.replace(/^:.*\n?/gm, '').trim())
    .filter((block) => block !== '')
    .map(parseEvent)
}

function parseEvent(block: string): StreamEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
  return { id: field('id'), event: field('event') ?? '', data: JSON.parse(field('data') ?? '') }
}
