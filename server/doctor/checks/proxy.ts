import { day } from '../../durations.ts'
import { mostAddresses, type SeenForwarding } from '../../http/forwarding.ts'
import { listSeenForwarding } from '../../service/forwarding-store.ts'
import { type Check, error, type Finding, NotChecked, warning } from '../check.ts'
import type { Setup } from '../setup.ts'

const lookedBackMs = 7 * day
/** Of fewer than these nothing can be said: anybody can send some with any header. */
const leastRequests = 20

/** The server itself speaks no TLS, so an https address is a proxy's; what it has seen tells more. */
export const proxy: Check = {
  name: 'proxy',
  healthy: 'the addresses of people are those that the limits count by',
  async run(setup) {
    const seen = await listSeen(setup)
    if (count(seen) >= leastRequests) {
      const findings = judge(setup, seen)
      if (findings.length > 0) return findings
    }
    const { publicUrl, trustProxy } = setup.getConfig()
    if (!publicUrl.startsWith('https:') || trustProxy !== undefined) return []
    const message = `PUBLIC_URL is ${publicUrl}, so a proxy is in front, and without TRUST_PROXY all people share its address and its limits`
    return [warning(message, 'set TRUST_PROXY to the number of proxies, mostly 1')]
  },
}

/** The settings can be judged without a data file. */
async function listSeen(setup: Setup): Promise<SeenForwarding[]> {
  const { trustProxy } = setup.getConfig()
  try {
    return await listSeenForwarding(await setup.getMigratedDatabase(), trustProxy, setup.now() - lookedBackMs)
  } catch (thrown) {
    if (thrown instanceof NotChecked) return []
    throw thrown
  }
}

function judge(setup: Setup, seen: readonly SeenForwarding[]): Finding[] {
  const { trustProxy } = setup.getConfig()
  const all = count(seen)
  const most = (isMeant: (each: SeenForwarding) => boolean): boolean => count(seen.filter(isMeant)) > all / 2
  const told = `of the ${all} requests that were seen lately`
  if (trustProxy === undefined) {
    if (!most(({ addresses }) => addresses > 0)) return []
    const message = `most ${told} came through a proxy, and without TRUST_PROXY all people share its address and its limits`
    return [
      error(
        message,
        `if a proxy of yours is in front, set TRUST_PROXY to how many: ${usual(seen)} by what was seen; if none is, people made it up`,
      ),
    ]
  }
  if (most(({ addresses }) => addresses === 0)) {
    const message = `most ${told} came past the proxies that TRUST_PROXY tells of`
    return [
      warning(message, 'set HOST=127.0.0.1, or let only the proxy reach the port; without a proxy unset TRUST_PROXY'),
    ]
  }
  const through = seen.filter(({ addresses }) => addresses > 0)
  if (typeof trustProxy === 'number') {
    if (most(({ addresses }) => addresses > 0 && addresses < trustProxy)) {
      const message = `TRUST_PROXY is ${trustProxy}, and most ${told} came through fewer proxies: people can choose their address`
      return [error(message, `set TRUST_PROXY=${usual(through)}`)]
    }
    if (through.every(({ addresses }) => addresses > trustProxy)) {
      const message = `TRUST_PROXY is ${trustProxy}, and all ${told} came through more proxies, so people share the address of one`
      return [error(message, `set TRUST_PROXY=${usual(through)}, if all of these are yours`)]
    }
    return []
  }
  if (!most(({ addresses, isClientPrivate }) => addresses > 0 && isClientPrivate)) return []
  const message = `most ${told} come from a private network, which may be a proxy that TRUST_PROXY does not name`
  return [warning(message, 'add the address of that proxy to TRUST_PROXY; if people are in that network, all is well')]
}

const count = (seen: readonly SeenForwarding[]): number => seen.reduce((sum, { requests }) => sum + requests, 0)

/** Through how many proxies most requests came; a client can only add to them. */
function usual(seen: readonly SeenForwarding[]): number {
  const requests = new Map<number, number>()
  for (const each of seen) requests.set(each.addresses, (requests.get(each.addresses) ?? 0) + each.requests)
  const [[addresses] = [1]] = [...requests].filter(([number]) => number > 0).sort(([, one], [, other]) => other - one)
  return Math.min(addresses, mostAddresses)
}
