// Measures what presence costs with 1,000 to 1,000,000 sessions online: memory, a tick of expiry, a mark.
import { setTimeout } from 'node:timers/promises'
import { Presence, type PresenceSession } from '../server/presence/presence.ts'

const sizes = [1000, 10_000, 100_000, 1_000_000]
const rounds = 7
/** One call takes less time than the clock can tell, so that many are timed at once. */
const callsAtOnce = 50
const repetitions = 400

const { gc } = globalThis
if (gc === undefined) throw new Error('start it with node --expose-gc, as npm run bench:presence does')

type Figures = Record<string, number>

/** Stays, so that what was compiled does: or else a small one would be charged for compiling it anew. */
const other = new Presence(() => 0, 1)
const found = sizes.map((): Figures[] => [])
await measure(10_000)
// Round by round, not size by size: whatever else the machine does meanwhile meets all of them.
for (let round = 0; round < rounds; round += 1) {
  for (const [index, size] of sizes.entries()) found[index]?.push(await measure(size))
}
console.log(
  `Node ${process.version}, ${process.platform}-${process.arch}: medians of ${rounds} rounds by sessions online`,
)
console.table(Object.fromEntries(sizes.map((size, index) => [size, mediansOf(found[index] ?? [])])))

async function measure(size: number): Promise<Figures> {
  for (let number = 0; number < 20_000; number += 1) other.mark(sessionOf(number), undefined, other.nextArrival())
  const before = await usedBytes()
  let now = 0
  // One session comes each millisecond, and stays for as many as there are to be: from then on one ends each millisecond.
  const presence = new Presence(() => now, size)
  const mark = (session: PresenceSession): void => presence.mark(session, undefined, presence.nextArrival())
  const markFirst = (first: number): number => {
    const sessions = Array.from({ length: callsAtOnce }, (_, index) => sessionOf(first + index))
    return timeCalls((index) => {
      now = first + index
      mark(sessions[index] as PresenceSession)
    })
  }
  let longestFirst = 0
  for (let first = 0; first < size; first += callsAtOnce) longestFirst = Math.max(longestFirst, markFirst(first))
  const bytes = (await usedBytes()) - before
  presence.onChange(() => {})

  const idleTicks: number[] = []
  const expiringTicks: number[] = []
  const firstMarks: number[] = []
  const marks: number[] = []
  for (let next = size; next < size + repetitions * callsAtOnce; next += callsAtOnce) {
    presence.noteSaved(presence.listUnsaved())
    idleTicks.push(timeCalls(() => presence.expire()))
    const tick = (): void => {
      now += 1
      presence.expire()
    }
    expiringTicks.push(timeCalls(tick))
    if (presence.connectionCount !== size - callsAtOnce) throw new Error('not one session has ended with each tick')
    firstMarks.push(markFirst(next))
    if (presence.onlineCount !== size) throw new Error('not every first mark has brought somebody')
  }
  for (let count = 0; count < repetitions; count += 1) {
    const sessions = Array.from({ length: callsAtOnce }, () => sessionOf(now - Math.floor(Math.random() * size)))
    marks.push(timeCalls((index) => mark(sessions[index] as PresenceSession)))
  }
  if (presence.connectionCount !== size) throw new Error('a session that is marked again was not online')
  return {
    'bytes a session': bytes / size,
    'idle tick (µs)': median(idleTicks) / 1000,
    'tick that ends one (µs)': median(expiringTicks) / 1000,
    'mark (ns)': median(marks),
    'first mark (ns)': median(firstMarks),
    // When the tables are full, one of these copies them to larger ones.
    'longest 50 first marks (ms)': (longestFirst * callsAtOnce) / 1_000_000,
  }
}

/** Nanoseconds a call. */
function timeCalls(call: (index: number) => void): number {
  const start = process.hrtime.bigint()
  for (let index = 0; index < callsAtOnce; index += 1) call(index)
  return Number(process.hrtime.bigint() - start) / callsAtOnce
}

/** The heap, and `external`, which the memory of typed arrays is part of. */
async function usedBytes(): Promise<number> {
  // Memory outside the heap is given back between two runs of the collector.
  gc?.()
  await setTimeout(20)
  gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function sessionOf(number: number): PresenceSession {
  return { id: uuidOf(2 * number), userId: uuidOf(2 * number + 1) }
}

/** A UUID of version 7 that belongs to the number: time first, and then what looks like chance. */
function uuidOf(number: number): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(0x019ab0000000 + number, 0, 6)
  for (let index = 6; index < 16; index += 2) {
    bytes.writeUInt16BE((Math.imul(number + index, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b)) >>> 16, index)
  }
  bytes[6] = 0x70 | (bytes.readUInt8(6) & 0x0f)
  bytes[8] = 0x80 | (bytes.readUInt8(8) & 0x3f)
  const hex = bytes.toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
  return parts.join('-')
}

function mediansOf(figures: Figures[]): Figures {
  const names = Object.keys(figures[0] ?? {})
  return Object.fromEntries(
    names.map((name) => [name, Number(median(figures.map((each) => each[name] ?? 0)).toPrecision(3))]),
  )
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
