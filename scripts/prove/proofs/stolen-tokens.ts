import { setTimeout as delay } from 'node:timers/promises'
import { mintInvite, readDataFile } from '../data-file.ts'
import type { Evidence } from '../evidence.ts'
import type { Proof } from '../proof.ts'
import { getMe, logIn, makePerson, outcomesOf, refresh, register, tokenOf } from '../requests.ts'
import type { TrialServer } from '../trial.ts'

/** The token before the current one is answered for 30 seconds: two tabs, or an answer that was lost. */
const pastGraceMs = 31_000

type Who = 'owner' | 'thief'

interface Scene {
  /** In words, for whoever reads that it failed. */
  readonly what: string
  /** Plays it until the next refresh is the one that must find the theft out; gives both tokens, and whose turn it is. */
  play(server: TrialServer, stolen: string, pastGrace: () => Promise<void>): Promise<Turn>
}

interface Turn {
  readonly next: Who
  readonly tokens: Readonly<Record<Who, string>>
}

const otherOf = (who: Who): Who => (who === 'owner' ? 'thief' : 'owner')

const scenes = (['owner', 'thief'] as const).flatMap((first): readonly Scene[] => {
  const second = otherOf(first)
  return [
    {
      what: `${first} refreshes twice, then ${second}`,
      play: async (server, stolen) => {
        const token = await tokenOf(refresh(server, await tokenOf(refresh(server, stolen))))
        return { next: second, tokens: { ...bothHold(stolen), [first]: token } }
      },
    },
    {
      what: `${first} refreshes and goes on, ${second} half a minute later`,
      play: async (server, stolen, pastGrace) => {
        const token = await tokenOf(refresh(server, stolen))
        await getMe(server, token)
        await pastGrace()
        return { next: second, tokens: { ...bothHold(stolen), [first]: token } }
      },
    },
    {
      what: `${first} refreshes and keeps still, ${second} half a minute later, then ${first}`,
      play: async (server, stolen, pastGrace) => {
        const silent = await tokenOf(refresh(server, stolen))
        await pastGrace()
        // It may have been an answer that was lost: this is answered, and the silent one's token is dead.
        const token = await tokenOf(refresh(server, stolen))
        return { next: first, tokens: { ...bothHold(token), [first]: silent } }
      },
    },
  ]
})

const bothHold = (token: string): Record<Who, string> => ({ owner: token, thief: token })

export const stolenTokens = ({ waitMs = pastGraceMs } = {}): Proof => ({
  name: 'stolen-tokens',
  promise: 'a copied token is found out, whoever refreshes first, and its session ends for both',
  mostlyWaits: true,
  prove: async (trial, evidence) => {
    await trial.withServer('stolen-tokens', async (server) => {
      const inviteCode = await mintInvite(server.file, 2)
      const [alice, bob] = [makePerson('alice'), makePerson('bob')]
      const bystanders = [
        await tokenOf(register(server, alice, inviteCode)),
        await tokenOf(register(server, bob, inviteCode)),
      ]
      const pastGrace = async (): Promise<void> => await delay(waitMs)
      const playAndJudge = async (scene: Scene): Promise<void> => {
        const stolen = await tokenOf(logIn(server, alice))
        await judge(server, evidence, scene, await scene.play(server, stolen, pastGrace))
      }
      await Promise.all(scenes.map(playAndJudge))
      const others = await Promise.all(bystanders.flatMap((token) => [getMe(server, token), refresh(server, token)]))
      const endedToo = evidence.expectAll('other sessions of theirs and of others', outcomesOf(others), '200')
      const { ended, written } = await readEnds(server.file)
      evidence.expect('sessions that ended so in the data file', ended, scenes.length)
      evidence.expect('thefts in the audit trail', written, scenes.length)
      evidence.count({ thefts: scenes.length, foundOut: ended, inTheAuditTrail: written, othersEnded: endedToo })
    })
  },
})

/** The next refresh is told of the theft, and after it neither of the two gets any further. */
async function judge(server: TrialServer, evidence: Evidence, { what }: Scene, { next, tokens }: Turn): Promise<void> {
  evidence.expect(what, (await refresh(server, tokens[next])).outcome, '401 token_reused')
  const both = [tokens.owner, tokens.thief]
  const uses = await Promise.all(both.flatMap((token) => [getMe(server, token), refresh(server, token)]))
  evidence.expectAll(`${what}: both, from then on`, outcomesOf(uses), '401 session_ended')
}

async function readEnds(file: string): Promise<{ ended: number; written: number }> {
  return await readDataFile(file, async (db) => {
    const sessions = await db.selectFrom('sessions').select('id').where('end_reason', '=', 'token_reused').execute()
    const events = await db
      .selectFrom('audit_events')
      .select('id')
      .where('event', '=', 'session.token_reused')
      .execute()
    return { ended: sessions.length, written: events.length }
  })
}
