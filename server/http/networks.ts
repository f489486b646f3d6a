import { isIPv4, isIPv6 } from 'node:net'

/**
 * The networks that an address belongs to, the narrowest first: of IPv4 its /32 and /24, of IPv6 its /64, /56 and /48
 * (what one subnet, one home and one site are given, RFC 6177). An IPv4-mapped address is its IPv4 address (RFC 4291,
 * section 2.5.5.2). Whatever is no address shares the network `unknown`.
 */
export type Networks = readonly [string, ...string[]]

const ipv6Prefixes = [64, 56, 48] as const

/** @param address as `readOrigin` gives it: without a port, and a zone is passed over */
export function networksOf(address: string): Networks {
  if (isIPv4(address)) return networksOfIPv4(address)
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain)) return ['unknown']
  const groups = parseGroups(plain)
  const mapped = parseMapped(groups)
  if (mapped !== undefined) return networksOfIPv4(mapped)
  const [narrowest, ...wider] = ipv6Prefixes.map((length) => `${prefixOf(groups, length)}::/${length}`)
  return [narrowest ?? 'unknown', ...wider]
}

const networksOfIPv4 = (address: string): Networks => [
  `${address}/32`,
  `${address.slice(0, address.lastIndexOf('.'))}.0/24`,
]

/** The eight groups of a valid address: what `::` leaves out is zeros. */
function parseGroups(address: string): number[] {
  const [head = [], tail] = address.split('::').map(parseHalf)
  if (tail === undefined) return head
  return [...head, ...Array(8 - head.length - tail.length).fill(0), ...tail]
}

function parseHalf(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return Number.parseInt(group, 16)
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}

function parseMapped(groups: readonly number[]): string | undefined {
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return undefined
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}

function prefixOf([a = 0, b = 0, c = 0, d = 0]: readonly number[], length: (typeof ipv6Prefixes)[number]): string {
  const fourth = length === 64 ? d : length === 56 ? d & 0xff00 : 0
  return [a, b, c, fourth].map((group) => group.toString(16)).join(':')
}
