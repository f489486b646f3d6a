import type { ReadText } from './read-text.ts'

/** The soft limit of this process (getrlimit(2)), as /proc names it; Infinity where there is none or it cannot be told. */
export function readLimit(readText: ReadText, name: 'open files' | 'address space' | 'data size'): number {
  const [, value] = new RegExp(`^Max ${name} +(\\d+|unlimited) `, 'm').exec(readText('/proc/self/limits') ?? '') ?? []
  return value === undefined || value === 'unlimited' ? Number.POSITIVE_INFINITY : Number(value)
}

/** A number of /proc/self/status, in bytes. */
export function readOwnMemory(readText: ReadText, name: 'VmSize' | 'VmData'): number {
  const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readText('/proc/self/status') ?? '') ?? []
  return Number(kibibytes ?? 0) * 1024
}
