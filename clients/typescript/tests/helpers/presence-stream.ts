import type { ServerResponse } from 'node:http'
import type { ExecutionContext } from 'ava'
import { GuestlistClient, type GuestlistClientOptions, type PresenceEvent } from '../../src/index.ts'
import { hastyClock } from './fake-clock.ts'
import type { Answer } from './test-server.ts'
import { makeToken } from './tokens.ts'

export const at = '2026-11-23T12:00:00.000Z'
export const online = (userId: string): PresenceEvent => ({ type: 'online', userId, at })
export const offline = (userId: string): PresenceEvent => ({ type: 'offline', userId, at })
export const everybody = (...userIds: string[]): PresenceEvent => ({ type: 'snapshot', userIds })

/** An event as the server writes it. */
export function written(event: PresenceEvent, id: string): string {
  const { type, ...data } = event
  const fields = type === 'snapshot' ? { ...data, hasMore: false } : data
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(fields)}\n\n`
}

/** A part of a snapshot that goes on. */
export const part = (...userIds: string[]): string =>
  `event: snapshot\ndata: ${JSON.stringify({ userIds, hasMore: true })}\n\n`

/** An open stream that begins with these texts; `script` goes on with it. */
export function stream(texts: readonly string[], script: (response: ServerResponse) => void = () => {}): Answer {
  const begin = (response: ServerResponse) => {
    response.flushHeaders()
    for (const text of texts) response.write(text)
    script(response)
  }
  return { status: 200, stream: begin, headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } }
}

/** A stream that ends behind these texts. */
export const endedStream = (...texts: string[]): Answer => stream(texts, (response) => response.end())

/** A stream whose connection breaks behind these texts. */
export const brokenStream = (...texts: string[]): Answer =>
  stream(texts, (response) => setImmediate(() => response.destroy()))

// Neither the time until an answer begins nor the silence of a stream ever passes by this clock.
const timeout = 12_345
const patience = [timeout, 60_000]

/** Watches by a client whose pauses pass at once and are noted, until the test is over. */
export function startWatch(
  t: ExecutionContext,
  baseUrl: string,
  { signal, ...options }: Partial<GuestlistClientOptions> & { signal?: AbortSignal } = {},
) {
  const pauses: number[] = []
  const clock = hastyClock(pauses, patience)
  const client = new GuestlistClient({ baseUrl, token: makeToken(), timeout, clock, ...options })
  const watch = client.watchPresence({ signal })
  t.teardown(() => watch.return?.())
  return { client, watch, pauses }
}

/** The next so many events. */
export async function take(watch: AsyncIterator<PresenceEvent>, count: number): Promise<PresenceEvent[]> {
  const events: PresenceEvent[] = []
  while (events.length < count) {
    const { value, done } = await watch.next()
    if (done) throw new Error(`the watch ended after ${events.length} events`)
    events.push(value)
  }
  return events
}
