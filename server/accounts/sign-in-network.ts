import { isIPv6 } from 'node:net'
import { ipKeyGenerator } from 'express-rate-limit'

/** The /24 (IPv4) or /64 (IPv6) that an address belongs to: about one household or office. */
export function networkOf(address: string): string {
  if (isIPv6(address)) return ipKeyGenerator(address, 64)
  return `${address.split('.').slice(0, 3).join('.')}.0/24`
}
