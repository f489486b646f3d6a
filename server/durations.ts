const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

export const second = unitMs.s
export const minute = unitMs.m
export const hour = unitMs.h
export const day = unitMs.d

/** Beyond this a time that is computed with it could leave the range of dates. */
const longest = 36_500 * day

/** Reads an integer with a unit of s, m, h or d ("15m") as milliseconds; undefined unless above 0, up to 100 years. */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9]\d{0,9})([smhd])$/.exec(text)
  if (match === null) return undefined
  const duration = Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
  return duration <= longest ? duration : undefined
}
