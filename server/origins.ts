import { isIPv4 } from 'node:net'
import { must } from './refusal.ts'

/** Origins as a setting lists them; `loopback`: those of this machine, on any port. */
export type Origins = 'loopback' | readonly string[]

/** Whether only this machine can reach a host of this name. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || /^(\[::1\]|::1)$/.test(host) || (isIPv4(host) && host.startsWith('127.'))
}

/** Reads a list of origins; an empty one is `loopback` where that is safe. */
export function parseOrigins(text: string, isLoopbackSafe: boolean): Origins {
  if (text === '') return isLoopbackSafe ? 'loopback' : []
  const origins = text.split(',').map((origin) => origin.trim())
  const isOrigin = (origin: string): boolean =>
    URL.canParse(origin) && /^https?:[^*]+$/.test(origin) && new URL(origin).origin === origin
  return origins.every(isOrigin) ? origins : must('origins like https://chat.example, separated by commas')
}

/** Whether it is one of these origins, letter for letter. */
export function isAmong(origins: Origins, origin: string): boolean {
  if (origins !== 'loopback') return origins.includes(origin)
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return /^https?:$/.test(protocol) && isLoopback(hostname)
}
