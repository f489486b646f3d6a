import { write, writeSync } from 'node:fs'
import { second } from './durations.ts'

/** What waits for a reader; some thousand lines. */
const mostWaiting = 2 ** 20
const chunkLength = 2 ** 16
const longestPauseMs = second
/** How long the end of the process waits for a reader who is slow. */
const longestEndMs = second

export interface OutputPlace {
  readonly descriptor: number
  /** Whether a write may have to wait, as that to a disk may: then a thread waits, and never the event loop. */
  readonly mayWait: boolean
}

type Failure = NodeJS.ErrnoException | null

/**
 * Where log lines go: they are written in the next turn of the event loop, and never waited for. While the output takes
 * nothing (a full disk, a reader who stands still or has gone), lines wait up to a bound; beyond it they are dropped and
 * counted, and one line says so when it works again.
 */
export class LogOutput {
  readonly #place: OutputPlace
  readonly #now: () => number
  #lines: string[] = []
  /** Of the lines and of the chunk. */
  #waiting = 0
  #chunk: Buffer = Buffer.alloc(0)
  #isScheduled = false
  #isWritten = false
  #pauseMs = 1
  #lastFailure: string | undefined
  #untold = 0
  #dropped = 0

  constructor(place: OutputPlace, now: () => number) {
    this.#place = place
    this.#now = now
  }

  /** How many lines were dropped since the start. */
  get dropped(): number {
    return this.#dropped
  }

  write(line: string): void {
    // Only when there is room for many: one gap, not hundreds.
    if (this.#untold > 0 && this.#waiting < mostWaiting / 2) this.#tellDropped()
    if (this.#untold > 0 || this.#waiting + line.length > mostWaiting) {
      this.#untold += 1
      this.#dropped += 1
      return
    }
    this.#add(line)
    this.#schedule()
  }

  /** At the end of the process: writes what is left, for a second at most. */
  finish(): void {
    if (this.#untold > 0) this.#tellDropped()
    const giveUpAt = performance.now() + longestEndMs
    // What a thread is writing just now, it still writes.
    if (this.#isWritten) this.#chunk = Buffer.alloc(0)
    while (this.#fillChunk() && performance.now() < giveUpAt) {
      try {
        this.#chunk = this.#chunk.subarray(writeSync(this.#place.descriptor, this.#chunk))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
      }
    }
  }

  #add(line: string): void {
    this.#lines.push(line)
    this.#waiting += line.length
  }

  #tellDropped(): void {
    const time = new Date(this.#now()).toISOString()
    const fields = {
      level: 'warn',
      time,
      dropped: this.#untold,
      code: this.#lastFailure,
      msg: 'log lines were dropped',
    }
    this.#untold = 0
    this.#add(`${JSON.stringify(fields)}\n`)
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#writeChunk())
  }

  /** False when there is nothing to write. */
  #fillChunk(): boolean {
    if (this.#chunk.length > 0) return true
    let length = 0
    let count = 0
    for (; count < this.#lines.length && length < chunkLength; count += 1) length += this.#lines[count]?.length ?? 0
    this.#waiting -= length
    this.#chunk = Buffer.from(this.#lines.splice(0, count).join(''))
    this.#waiting += this.#chunk.length
    return count > 0
  }

  #writeChunk(): void {
    if (!this.#fillChunk()) {
      this.#isScheduled = false
      return
    }
    const { descriptor, mayWait } = this.#place
    if (mayWait) {
      this.#isWritten = true
      write(descriptor, this.#chunk, (failure, written) => this.#continue(failure, written))
      return
    }
    try {
      this.#continue(null, writeSync(descriptor, this.#chunk))
    } catch (error) {
      this.#continue(error as Failure, 0)
    }
  }

  #continue(failure: Failure, written: number): void {
    this.#isWritten = false
    if (failure !== null) {
      this.#lastFailure = failure.code
      this.#pauseMs = Math.min(2 * this.#pauseMs, longestPauseMs)
      // What could not be written stays, also a line of which a part was.
      setTimeout(() => this.#writeChunk(), this.#pauseMs).unref()
      return
    }
    this.#pauseMs = 1
    this.#chunk = this.#chunk.subarray(written)
    this.#waiting -= written
    if (this.#waiting === 0 && this.#untold > 0) this.#tellDropped()
    setImmediate(() => this.#writeChunk())
  }
}
