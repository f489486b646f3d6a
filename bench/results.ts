import { median } from './statistics.ts'
import type { Footprint } from './subjects/footprint.ts'
import type { Size } from './subjects/growth.ts'
import type { Hashing } from './subjects/hashing.ts'
import type { Storm } from './subjects/storm.ts'
import type { Throughput, Windows } from './subjects/throughput.ts'

/** All that one run measured. */
export interface Results {
  /** ISO 8601, the day. */
  readonly date: string
  readonly machine: string
  readonly cycles: number
  readonly seconds: number
  readonly throughput: Throughput
  readonly hashing: Hashing
  readonly growth: readonly Size[]
  readonly storm: readonly Storm[]
  readonly footprint: Footprint
}

/** How many times as often one is answered as another, cycle by cycle. */
export const ratios = (windows: Windows, one: string, other: string): number[] => {
  const others = windows.get(other) ?? []
  return (windows.get(one) ?? []).map(({ perSecond }, index) => perSecond / (others[index]?.perSecond ?? Number.NaN))
}

export const medianOf = <Window>(windows: readonly Window[] | undefined, read: (window: Window) => number): number =>
  median((windows ?? []).map(read))
