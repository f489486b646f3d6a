import { mintInvite } from '../../prove/data-file.ts'
import { inLanes } from '../../prove/in-lanes.ts'
import { makePeople, register } from '../../prove/requests.ts'
import { type Attack, behindProxy } from '../attack.ts'

const subnets = 250
const honest = 12

/** Limits by network are off, or they would stop most of it: what is tried is the queue of hashes. */
const settings = { ...behindProxy, RATE_LIMITS: 'off' }

export const oneNetworkFlood = (): Attack => ({
  name: 'one-network-flood',
  title: 'fills the queue of password hashes from 250 subnets of one network, to shut others out of signing in',
  run: async (trial, evidence) =>
    await trial.withServer(
      'one-network-flood',
      async (server) => {
        const ending = new AbortController()
        // Once, whatever is answered: an attacker does not wait for as long as Retry-After says.
        const logIn = async (
          email: string,
          password: string,
          address: string,
          signal?: AbortSignal,
        ): Promise<number> => {
          const response = await fetch(`${server.url}/api/auth/login`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
            body: JSON.stringify({ email, password }),
            ...(signal && { signal }),
          }).catch(() => undefined)
          return response?.status ?? 0
        }
        const people = makePeople(honest)
        const code = await mintInvite(server.file, honest)
        await inLanes(4, people, async (person) => register(server, person, code, { 'x-forwarded-for': '192.0.2.1' }))
        const addresses = Array.from({ length: subnets }, (_, number) => `2001:db8:1:${(256 + number).toString(16)}::1`)
        const flood = addresses.map((address, number) =>
          logIn(`nobody${number}@example.com`, 'a wrong password', address, ending.signal),
        )
        const signIns = people.map(({ email, password }, number) => logIn(email, password, `198.51.${number}.1`))
        const answers = await Promise.all(signIns)
        ending.abort()
        const refused = (await Promise.all(flood)).filter((status) => status === 503).length
        evidence.count({ refused })
        evidence.expect('the queue was full', refused > 0, true)
        return { tried: subnets, gained: answers.filter((status) => status !== 200).length }
      },
      settings,
    ),
})
