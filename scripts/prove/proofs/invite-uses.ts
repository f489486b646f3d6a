import { mintInvite, readUses } from '../data-file.ts'
import type { Proof } from '../proof.ts'
import { countOutcomes, getMe, makePeople, outcomesOf, register } from '../requests.ts'

export const inviteUses = ({ atOnce = 60, uses = 25 } = {}): Proof => ({
  name: 'invite-uses',
  promise: `${atOnce} register at once with an invite for ${uses}, and ${uses} get in`,
  prove: async (trial, evidence) => {
    await trial.withServer('invite-uses', async (server) => {
      const inviteCode = await mintInvite(server.file, uses)
      const answers = await Promise.all(makePeople(atOnce).map((person) => register(server, person, inviteCode)))
      const outcomes = countOutcomes(answers)
      evidence.expect('answers', outcomes, { '201': uses, '403 invite_used_up': atOnce - uses })
      const tokens = answers.flatMap(({ body }) => body.token ?? [])
      const known = await Promise.all(tokens.map((token) => getMe(server, token)))
      evidence.expectAll('those who got in', outcomesOf(known), '200')
      const rows = await readUses(server.file)
      evidence.expect('the data file', rows, { people: uses, usesCounted: uses, usesWritten: uses })
      const accepted = outcomes['201'] ?? 0
      const refused = outcomes['403 invite_used_up'] ?? 0
      evidence.count({ accepted, refused, otherAnswers: atOnce - accepted - refused, rowsOfUsers: rows.people })
    })
  },
})
