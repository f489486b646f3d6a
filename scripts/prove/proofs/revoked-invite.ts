import { availableParallelism } from 'node:os'
import { createAmbience } from '../../../server/ambience.ts'
import { hashCode } from '../../../server/invites/invite-code.ts'
import { findInvite, revokeInvite } from '../../../server/invites/invite-store.ts'
import { mintInvite, readUses, writeDataFile } from '../data-file.ts'
import type { Proof } from '../proof.ts'
import { countOutcomes, makePeople, makePerson, register } from '../requests.ts'

/** More than hash at once: some are still on their way when the first is in. */
const enough = Math.max(20, 2 * availableParallelism())

export const revokedInvite = ({ atOnce = enough } = {}): Proof => ({
  name: 'revoked-invite',
  promise: 'a revoked invite lets nobody in any more, not even those who are registering just then',
  prove: async (trial, evidence) => {
    await trial.withServer('revoked-invite', async (server) => {
      const inviteCode = await mintInvite(server.file, atOnce + 1)
      const registrations = makePeople(atOnce).map((person) => register(server, person, inviteCode))
      await Promise.race(registrations)
      await revoke(server.file, inviteCode)
      const before = await readUses(server.file)
      const outcomes = countOutcomes(await Promise.all(registrations))
      const { people: accepted } = before
      evidence.expect('answers', outcomes, { '201': accepted, '403 invite_invalid': atOnce - accepted })
      const later = await register(server, makePerson('latecomer'), inviteCode)
      evidence.expect('who comes later', later.outcome, '403 invite_invalid')
      evidence.expect('the data file', await readUses(server.file), before)
      evidence.expect('whether anybody was still registering', accepted < atOnce, true)
      evidence.count({ accepted, refused: outcomes['403 invite_invalid'] ?? 0 })
    })
  },
})

async function revoke(file: string, code: string): Promise<void> {
  await writeDataFile(file, async (db) => {
    const { now } = createAmbience()
    const invite = await findInvite(db, hashCode(code))
    await db.transaction().execute((trx) => revokeInvite(trx, invite?.id ?? '', now()))
  })
}
