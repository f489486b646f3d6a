import { mintInvite, readDataFile } from '../data-file.ts'
import type { Proof } from '../proof.ts'
import { getMe, makePerson, outcomesOf, refresh, register, tokenOf } from '../requests.ts'
import { generationOf, sessionIdOf } from '../token-claims.ts'

export const parallelRefreshes = ({ rounds = 10, atOnce = 20 } = {}): Proof => ({
  name: 'parallel-refreshes',
  promise: `${atOnce} refreshes at once, as of many tabs, all succeed, and sign nobody out`,
  prove: async (trial, evidence) => {
    await trial.withServer('parallel-refreshes', async (server) => {
      const first = await tokenOf(register(server, makePerson('alice'), await mintInvite(server.file, 1)))
      let tokens: string[] = Array(atOnce).fill(first)
      let [refreshes, refused] = [0, 0]
      for (let round = 1; round <= rounds; round += 1) {
        // Twenty times the same token, then each of the twenty that came of it.
        const presented = round % 2 === 1 ? Array<string>(atOnce).fill(tokens[0] ?? '') : tokens
        const answers = await Promise.all(presented.map((token) => refresh(server, token)))
        refused += evidence.expectAll(`refreshes of round ${round}`, outcomesOf(answers), '200')
        tokens = answers.flatMap(({ body }) => body.token ?? [])
        refreshes += tokens.length
        evidence.expect(`sessions of round ${round}`, [...new Set(tokens.map(sessionIdOf))], [sessionIdOf(first)])
        evidence.expect(`generations of round ${round}`, [...new Set(tokens.map(generationOf))], [round + 1])
        const uses = await Promise.all(tokens.map((token) => getMe(server, token)))
        evidence.expectAll(`uses of the tokens of round ${round}`, outcomesOf(uses), '200')
        if (!evidence.isGood) break
      }
      const sessions = await readSessions(server.file)
      evidence.expect('sessions in the data file', sessions, [{ id: sessionIdOf(first), ended_at: null }])
      const liveSessions = sessions.filter(({ ended_at }) => ended_at === null).length
      evidence.count({ refreshes, refused, liveSessions })
    })
  },
})

const readSessions = async (file: string) =>
  await readDataFile(file, async (db) => await db.selectFrom('sessions').select(['id', 'ended_at']).execute())
