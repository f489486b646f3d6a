import type { Request } from 'express'
import * as z from 'zod'
import { authenticateBot } from '../bots/authenticate-bot.ts'
import type { Deps } from '../deps.ts'
import { endpoint } from '../endpoint.ts'
import { networksOf } from '../http/networks.ts'
import { readOrigin } from '../http/origin.ts'
import { getIdentity, getLiveSession, type Identity, readBearer } from '../sessions/authenticate.ts'
import { readConnectionId } from './connection.ts'

const Events = z.string().meta({
  examples: [
    'id: 5f0c-7\nevent: online\ndata: {"userId":"019363a5-7c00-7b3e-9d2f-4b1f0c8e6a57","at":"2026-11-23T12:00:00.000Z"}\n\n',
  ],
})

const LastEventId = z.string().meta({ description: 'The `id` of the last event that was read.', examples: ['5f0c-7'] })

export const streamPresence = endpoint(
  {
    id: 'watchPresence',
    tag: 'Presence',
    summary: 'Watch people come and go',
    description:
      'Server-sent events (HTML living standard, section 9.2). `snapshot` comes first, with `{userIds, hasMore}`: everybody ' +
      'who is online, in several parts while `hasMore` is true. Then `online` and `offline`, each with `{userId, at}`. ' +
      'With `Last-Event-ID` it goes on where it broke off, without a snapshot where the server still knows what came since. ' +
      'Whoever holds a stream open is online. It ends after five minutes at most, to be opened again, at once when its ' +
      'session ends, and when its reader does not keep up.',
    headers: { 'Last-Event-ID': LastEventId },
    answer: { status: 200, description: 'The events', schema: Events, mediaTypes: ['text/event-stream'] },
    errors: ['overloaded'],
  },
  (deps) => (request, response) => {
    const identity = getIdentity(response)
    response.type('text/event-stream').set('X-Accel-Buffering', 'no')
    if (request.method === 'HEAD') return void response.end()
    deps.presenceStreams.open({
      presence: identity.presence,
      connectionId: readConnectionId(request),
      networks: networksOf(readOrigin(request).address),
      expiresAt: identity.expiresAt,
      confirm: confirmationOf(deps, identity, request),
      response,
      lastNumber: deps.presenceFeed.parseId(request.get('Last-Event-ID')),
    })
  },
)

function confirmationOf(deps: Deps, { session }: Identity, request: Request): () => Promise<unknown> {
  const token = readBearer(request)
  if (session === undefined) return () => authenticateBot(deps, token)
  const { id: sid, userId: sub, generation: gen } = session
  return () => getLiveSession(deps, { sid, sub, gen })
}
