import { mintInvite } from '../../prove/data-file.ts'
import { inLanes } from '../../prove/in-lanes.ts'
import { makePeople, type Person, register } from '../../prove/requests.ts'
import type { TrialServer } from '../../prove/trial.ts'
import { type Attack, behindProxy } from '../attack.ts'
import { fromNetwork, logInFrom } from '../from-network.ts'

const pairs = 6
const others = 15
const password = 'not-the-right-one'

/** What a network is told that guesses so often at one address. */
async function guess(server: TrialServer, network: number, email: string, times: number): Promise<string[]> {
  const outcomes: string[] = []
  for (let time = 0; time < times; time += 1)
    outcomes.push((await logInFrom(server, network, { email, password })).outcome)
  return outcomes
}

export const accountEnumeration = (): Attack => ({
  name: 'account-enumeration',
  title: 'guesses seven times at six addresses with and six without an account, to tell them apart by the answers',
  run: async (trial, evidence) =>
    await trial.withServer(
      'account-enumeration',
      async (server) => {
        const members = makePeople(pairs + 1)
        const code = await mintInvite(server.file, members.length)
        const home = (member: Person): number => 1000 + members.indexOf(member)
        await inLanes(4, members, async (member) => register(server, member, code, fromNetwork(home(member))))
        const emails = [...members.slice(0, pairs), ...makePeople(pairs, 'nobody')].map(({ email }) => email)
        const first = await inLanes(8, [...emails.entries()], async ([index, email]) => guess(server, index, email, 6))
        await inLanes(8, makePeople(others, 'other'), async ({ email }) =>
          guess(server, 2000 + Number(/\d+/.exec(email)), email, 1),
        )
        const last = await inLanes(8, [...emails.entries()], async ([index, email]) => guess(server, index, email, 1))
        const told = first.map((outcomes, index) => [...outcomes, ...(last[index] ?? [])].join(', '))
        const differing = told.slice(0, pairs).filter((outcomes, index) => outcomes !== told[pairs + index]).length
        evidence.expect('guesses that were judged', told.join(', ').match(/401/g)?.length, 2 * pairs * 5)
        for (const member of members.slice(-1)) {
          const answer = await logInFrom(server, home(member), member)
          evidence.expect('a member with the right password', answer.outcome, '200')
        }
        return { tried: 2 * pairs, gained: 2 * differing }
      },
      behindProxy,
    ),
})
