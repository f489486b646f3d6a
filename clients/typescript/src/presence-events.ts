import { invalidAnswer } from './answer.ts'
import type { PresenceEvent } from './answers.ts'
import type { StreamEvent } from './event-stream.ts'

/** Reads what one stream tells of people, and joins the parts of its snapshot; what broke off is begun anew. */
export class PresenceEvents {
  #userIds: string[] = []

  /** `undefined` for a part of a snapshot that goes on, and for what only a newer client knows. */
  read({ type, data }: StreamEvent): PresenceEvent | undefined {
    if (type !== 'snapshot' && type !== 'online' && type !== 'offline') return undefined
    const { userIds, hasMore, userId, at } = parseFields(data)
    if (type !== 'snapshot') {
      if (typeof userId !== 'string' || typeof at !== 'string') throw unusable()
      return { type, userId, at }
    }
    if (!isListOfStrings(userIds) || typeof hasMore !== 'boolean') throw unusable()
    for (const id of userIds) this.#userIds.push(id)
    if (hasMore) return undefined
    const joined = this.#userIds
    this.#userIds = []
    return { type, userIds: joined }
  }
}

function parseFields(data: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(data))
  } catch {
    throw unusable()
  }
}

function isListOfStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

const unusable = () => invalidAnswer(200, 'The stream holds an event that is not one of Guestlist’s. Is baseUrl right?')
