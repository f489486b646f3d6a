import { mintInvite } from '../../prove/data-file.ts'
import { changeEachCharacter, forge } from '../../prove/forged-tokens.ts'
import { inLanes } from '../../prove/in-lanes.ts'
import { getMe, makePerson, refresh, register, tokenOf } from '../../prove/requests.ts'
import type { Attack } from '../attack.ts'

export const forgedTokens = (): Attack => ({
  name: 'forged-tokens',
  title:
    'comes with tokens that are forged, or changed in one character, to be taken for somebody or to renew a session',
  run: async (trial, evidence) =>
    await trial.withServer('forged-tokens', async (server) => {
      const token = await tokenOf(register(server, makePerson('alice'), await mintInvite(server.file, 1)))
      const [key] = (await server.request('GET', '/.well-known/jwks.json')).body.keys ?? []
      if (key === undefined) throw new Error('the server publishes no key')
      const forgeries = [...changeEachCharacter(token), ...forge(token, key)]
      const answers = await inLanes(8, forgeries, async (forgery) => [
        await getMe(server, forgery),
        await refresh(server, forgery),
      ])
      evidence.expect('the real token', (await getMe(server, token)).outcome, '200')
      evidence.expect('the real token renewed', (await refresh(server, token)).outcome, '200')
      const all = answers.flat()
      return { tried: all.length, gained: all.filter(({ outcome }) => outcome !== '401 token_invalid').length }
    }),
})
