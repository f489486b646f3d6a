import { invalidAnswer } from './answer.ts'

/** One event of a stream. */
export interface StreamEvent {
  readonly type: string
  readonly data: string
}

// What is no Guestlist must not fill the memory with a line that never ends.
const MOST_CHARACTERS = 2 ** 20

/**
 * Reads one `text/event-stream` in whichever pieces it comes (HTML living standard, section 9.2.6). An event that is not
 * complete when the stream ends is not told, and its id does not count.
 */
export class EventStreamParser {
  /** The id of the last complete event, or that from which the stream goes on. */
  lastEventId: string
  /** Milliseconds to wait before coming back, if the server said. */
  retry: number | undefined
  // It drops a byte order mark at the beginning, and keeps half a character until the rest comes.
  readonly #decoder = new TextDecoder()
  #id: string
  #line = ''
  #isAfterReturn = false
  #type = ''
  #data = ''

  constructor(lastEventId: string) {
    this.lastEventId = lastEventId
    this.#id = lastEventId
  }

  /** The events that this piece completes. @throws GuestlistNetworkError when a line or an event is beyond 1 MiB */
  push(piece: Uint8Array): StreamEvent[] {
    const text = this.#decoder.decode(piece, { stream: true })
    if (text === '') return []
    // The line feed of a CR LF whose halves came apart.
    const rest = this.#isAfterReturn && text.startsWith('\n') ? text.slice(1) : text
    this.#isAfterReturn = rest.endsWith('\r')
    const lines = rest.split(/\r\n|[\r\n]/)
    lines[0] = this.#line + lines[0]
    if (lines.some((line) => line.length > MOST_CHARACTERS)) throw tooLong()
    this.#line = lines.pop() ?? ''
    return lines.map((line) => this.#take(line)).filter((event) => event !== undefined)
  }

  #take(line: string): StreamEvent | undefined {
    if (line === '') return this.#complete()
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
    if (field === 'event') this.#type = value
    if (field === 'data') this.#data += `${value}\n`
    if (field === 'id' && !value.includes('\0')) this.#id = value
    if (field === 'retry' && /^\d+$/.test(value)) this.retry = Number(value)
    if (this.#data.length > MOST_CHARACTERS) throw tooLong()
    return undefined
  }

  #complete(): StreamEvent | undefined {
    const event = { type: this.#type || 'message', data: this.#data.slice(0, -1) }
    const hasData = this.#data !== ''
    this.lastEventId = this.#id
    this.#type = ''
    this.#data = ''
    return hasData ? event : undefined
  }
}

const tooLong = () => invalidAnswer(200, 'The stream holds a line or an event of more than 1 MiB. Is baseUrl right?')
