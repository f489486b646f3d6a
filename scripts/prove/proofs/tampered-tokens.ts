import { mintInvite } from '../data-file.ts'
import { changeEachCharacter, forge } from '../forged-tokens.ts'
import { inLanes } from '../in-lanes.ts'
import type { Proof } from '../proof.ts'
import { countOutcomes, getMe, makePerson, refresh, register, tokenOf } from '../requests.ts'
import { generationOf } from '../token-claims.ts'

export const tamperedTokens = (): Proof => ({
  name: 'tampered-tokens',
  promise: 'a changed token is refused, wherever it was changed, and so are forged ones',
  prove: async (trial, evidence) => {
    await trial.withServer('tampered-tokens', async (server) => {
      const token = await tokenOf(register(server, makePerson('alice'), await mintInvite(server.file, 1)))
      const [key] = (await server.request('GET', '/.well-known/jwks.json')).body.keys ?? []
      if (key === undefined) throw new Error('the server publishes no key')
      const changed = changeEachCharacter(token)
      const forged = forge(token, key)
      const answers = await inLanes(20, [...changed, ...forged], async (each) => [
        await getMe(server, each),
        await refresh(server, each),
      ])
      const outcomes = countOutcomes(answers.flat())
      evidence.expect('answers', outcomes, { '401 token_invalid': 2 * answers.length })
      evidence.expect('the real token', (await getMe(server, token)).outcome, '200')
      const renewed = await tokenOf(refresh(server, token))
      evidence.expect('the generation behind the real one', generationOf(renewed), generationOf(token) + 1)
      evidence.count({ changed: changed.length, forged: forged.length, requests: 2 * answers.length })
      evidence.count({ accepted: 2 * answers.length - (outcomes['401 token_invalid'] ?? 0) })
    })
  },
})
