import { isLoopback } from '../../origins.ts'
import { type Check, warning } from '../check.ts'

export const publicUrl: Check = {
  name: 'public-url',
  healthy: 'PUBLIC_URL is encrypted, or for this machine only',
  run(setup) {
    const { publicUrl: address } = setup.getConfig()
    const { protocol, hostname } = new URL(address)
    if (protocol === 'https:' || isLoopback(hostname)) return []
    const message = `PUBLIC_URL is ${address}: passwords and tokens travel there for everybody on the way to read`
    return [warning(message, 'put a proxy with a certificate in front, and set PUBLIC_URL to its https address')]
  },
}
