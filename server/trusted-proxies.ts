import { isIP, isIPv4 } from 'node:net'
import { must } from './refusal.ts'

/** Names that Express knows (its package `proxy-addr`), and what they stand for. */
const namedRanges: Record<string, readonly string[]> = {
  loopback: ['127.0.0.1/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** Where no stranger has an address: RFC 6890, section 2.2, and RFC 6598. */
const privateRanges = [...Object.values(namedRanges).flat(), '100.64.0.0/10', '0.0.0.0/8'].map(readRange)

/** An IPv4 address is the IPv6 address that it is mapped to (RFC 4291, section 2.5.5.2), as the look-up takes it. */
const allIPv4 = readRange('::ffff:0:0/96')
/** All that was ever given out (RFC 4291, section 2.4). */
const allIPv6 = readRange('2000::/3')

/** A sixteenth: more than the largest network that runs proxies for others has. */
const mostOfAll = 16n
/** An operator's own proxies, or a network that runs some for them, have no more public addresses than this. */
const usualIPv4 = 2n ** 21n
const usualIPv6 = 2n ** 108n

/** From the first address to the one behind the last. */
interface Range {
  readonly from: bigint
  readonly to: bigint
}

/** Reads `TRUST_PROXY`: how many proxies there are, or their addresses; undefined where there are none. */
export function parseTrustedProxies(text: string): number | string[] | undefined {
  if (text === '') return undefined
  if (/^[1-9]\d?$/.test(text)) return Number(text)
  const addresses = text.split(',').map((address) => address.trim())
  if (!addresses.every(isProxyAddress)) must('a number of hops or the addresses of your proxies')
  const { ipv4, ipv6 } = countStrangers(addresses)
  if (ipv4 * mostOfAll > sizeOf(allIPv4) || ipv6 * mostOfAll > sizeOf(allIPv6)) {
    must('the addresses of your proxies only: these hold so many that people could choose their own address')
  }
  return addresses
}

/** Whether addresses are trusted that may be anybody's, beyond what a network of proxies has. */
export function isGenerous(trustProxy: number | readonly string[] | undefined): boolean {
  if (trustProxy === undefined || typeof trustProxy === 'number') return false
  const { ipv4, ipv6 } = countStrangers(trustProxy)
  return ipv4 > usualIPv4 || ipv6 > usualIPv6
}

function isProxyAddress(text: string): boolean {
  if (Object.hasOwn(namedRanges, text)) return true
  const [, address = '', bits = '1'] = /^([^/]+)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? []
  const addressBits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
  return Number(bits) <= addressBits
}

/** How many public addresses are trusted, each counted once. */
function countStrangers(addresses: readonly string[]): { ipv4: bigint; ipv6: bigint } {
  const ranges = addresses.flatMap((address) => namedRanges[address] ?? [address]).map(readRange)
  const strangers: Range[] = []
  for (const range of ranges) strangers.push(...without([range], [...strangers, ...privateRanges]))
  const countIn = (all: Range): bigint => strangers.reduce((sum, range) => sum + sizeOf(overlap(range, all)), 0n)
  return { ipv4: countIn(allIPv4), ipv6: countIn(allIPv6) }
}

/** What is left of ranges once others are taken out. */
function without(ranges: readonly Range[], others: readonly Range[]): Range[] {
  return others.reduce<Range[]>(
    (left, other) =>
      left
        .flatMap((range) => [
          { from: range.from, to: smaller(range.to, other.from) },
          { from: larger(range.from, other.to), to: range.to },
        ])
        .filter((range) => sizeOf(range) > 0n),
    [...ranges],
  )
}

const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other)
const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other)
const sizeOf = ({ from, to }: Range): bigint => larger(0n, to - from)
const overlap = (one: Range, other: Range): Range => ({
  from: larger(one.from, other.from),
  to: smaller(one.to, other.to),
})

/** @param text an address, with or without the length of its prefix */
function readRange(text: string): Range {
  const [address = '', prefix] = text.split('/')
  const bits = prefix === undefined ? 128 : Number(prefix) + (isIPv4(address) ? 96 : 0)
  const size = 2n ** BigInt(128 - bits)
  const from = (toNumber(address) / size) * size
  return { from, to: from + size }
}

function toNumber(address: string): bigint {
  // The URL parser writes an IPv6 address in its one canonical form (RFC 5952), with hexadecimal groups only.
  const plain = isIPv4(address) ? `::ffff:${address}` : address.replace(/%.*/, '')
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const [first, last] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...zeros, ...last].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}
