import { mintInvite } from '../../prove/data-file.ts'
import { inLanes } from '../../prove/in-lanes.ts'
import { countOutcomes, makePerson, register } from '../../prove/requests.ts'
import type { Answer } from '../../prove/send.ts'
import type { TrialServer } from '../../prove/trial.ts'
import { type Attack, behindProxy } from '../attack.ts'

const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const guesses = 600

/** Codes one symbol away from a real one, which is more than any attacker knows: each has a wrong check symbol. */
const nearMisses = (code: string): string[] =>
  [...code].flatMap((symbol, index) =>
    [...symbols].flatMap((other) =>
      symbol === '-' || other === symbol ? [] : [code.slice(0, index) + other + code.slice(index + 1)],
    ),
  )

const checkInvite = async (server: TrialServer, inviteCode: string, address: string): Promise<Answer> =>
  await server.request('POST', '/api/auth/invites/check', {
    body: { inviteCode },
    headers: { 'x-forwarded-for': address },
  })

export const inviteGuessing = (): Attack => ({
  name: 'invite-guessing',
  title: 'guesses invite codes that are one symbol away from a real one',
  run: async (trial, evidence) =>
    await trial.withServer(
      'invite-guessing',
      async (server) => {
        const code = await mintInvite(server.file, 1)
        const wrong = nearMisses(code).slice(0, guesses)
        // Half from networks of their own, which no limit slows, and half from one.
        const answers = await inLanes(8, [...wrong.entries()], async ([index, guess]) =>
          checkInvite(server, guess, index % 2 === 0 ? `198.51.${index % 250}.${index % 256}` : '203.0.113.7'),
        )
        const outcomes = countOutcomes(answers)
        evidence.count({ refusedByLimits: outcomes['429 rate_limited'] ?? 0 })
        const { outcome } = await register(server, makePerson('alice'), code, { 'x-forwarded-for': '192.0.2.1' })
        evidence.expect('the real code afterwards', outcome, '201')
        const refused = (outcomes['403 invite_invalid'] ?? 0) + (outcomes['429 rate_limited'] ?? 0)
        return { tried: answers.length, gained: answers.length - refused }
      },
      behindProxy,
    ),
})
