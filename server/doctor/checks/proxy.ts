import { type Check, warning } from '../check.ts'

/** The server itself speaks no TLS, so an https address is a proxy's. */
export const proxy: Check = {
  name: 'proxy',
  healthy: 'the addresses of people are those that the limits count by',
  run(setup) {
    const { publicUrl, trustProxy } = setup.getConfig()
    if (!publicUrl.startsWith('https:') || trustProxy !== undefined) return []
    const message = `PUBLIC_URL is ${publicUrl}, so a proxy is in front, and without TRUST_PROXY all people share its address and its limits`
    return [warning(message, 'set TRUST_PROXY to the number of proxies, mostly 1')]
  },
}
