import { findBrokenReferences, findDamage } from '../../../db/find-damage.ts'
import { mintInvite, readDataFile, readUses } from '../data-file.ts'
import type { Evidence } from '../evidence.ts'
import { Ledger, makeRegistrant } from '../ledger.ts'
import type { Proof } from '../proof.ts'
import { getMe, logIn, makePeople, outcomesOf, type Person, refresh, register, tokenOf } from '../requests.ts'
import type { Answer } from '../send.ts'
import type { TrialServer } from '../trial.ts'
import { workUntilKilled } from '../work-until-killed.ts'

/** In each round more people ask than the invite lets in. */
const registering = 4
const usesOfInvite = 3
const peopleBefore = 4

export const kills = ({ times = 10 } = {}): Proof => ({
  name: 'kills',
  promise: 'what was answered before a kill -9 is there after it, and no invite is overspent',
  prove: async (trial, evidence) => {
    const file = trial.newDataFile('kills')
    const ledger = new Ledger()
    const check = new KillCheck(file, ledger, evidence)
    let server = await trial.start(file)
    await registerFirst(server, ledger)
    let killed = 0
    while (killed < times && evidence.problems.length === 0) {
      killed += 1
      const inviteCode = await mintInvite(file, usesOfInvite)
      const registrants = nameAll(registering, killed).map((name) => makeRegistrant(name, inviteCode))
      const known = ledger.people.length
      await workUntilKilled(server, { ledger, evidence, registrants })
      server = await trial.start(file)
      await check.run(server, ledger.people.slice(known), `after kill ${killed}`)
    }
    await server.stop()
    const { repeated, acknowledged } = ledger
    evidence.count({ kills: killed, ...acknowledged, lost: check.lost, repeatedUnanswered: repeated })
  },
})

const nameAll = (count: number, round: number): string[] =>
  Array.from({ length: count }, (_, index) => `person-${round}-${index + 1}`)

async function registerFirst(server: TrialServer, ledger: Ledger): Promise<void> {
  const inviteCode = await mintInvite(server.file, peopleBefore)
  await Promise.all(
    makePeople(peopleBefore).map(async (person) => {
      ledger.noteRegistration(person, await tokenOf(register(server, person, inviteCode)))
    }),
  )
}

/** Asks the server that was started anew for all that the ledger holds. */
class KillCheck {
  readonly #file: string
  readonly #ledger: Ledger
  readonly #evidence: Evidence
  /** What was acknowledged and is gone. */
  lost = 0

  constructor(file: string, ledger: Ledger, evidence: Evidence) {
    this.#file = file
    this.#ledger = ledger
    this.#evidence = evidence
  }

  async run(server: TrialServer, newPeople: readonly Person[], when: string): Promise<void> {
    await this.#checkFile(when)
    await this.#checkSessions(server, when)
    await this.#checkEnded(server, when)
    await this.#signInNew(server, newPeople, when)
    await this.#repeatUnanswered(server, when)
    await this.#checkUses(when)
  }

  async #checkFile(when: string): Promise<void> {
    await readDataFile(this.#file, async (db) => {
      this.#evidence.expect(`integrity_check ${when}`, await findDamage(db), [])
      this.#evidence.expect(`foreign_key_check ${when}`, await findBrokenReferences(db), [])
    })
  }

  /** Every session whose logout was not asked for goes on from the newest token that was answered. */
  async #checkSessions(server: TrialServer, when: string): Promise<void> {
    const answers = await Promise.all(
      [...this.#ledger.sessions].map(async (session) => {
        const answer = await refresh(server, session.token)
        if (answer.body.token !== undefined) this.#ledger.noteRefresh(session, answer.body.token)
        return answer
      }),
    )
    this.#expectAll(`refreshes ${when}`, answers, '200')
  }

  async #checkEnded(server: TrialServer, when: string): Promise<void> {
    const answers = await Promise.all(this.#ledger.ended.map((token) => getMe(server, token)))
    this.#expectAll(`sessions that were signed out, ${when}`, answers, '401 session_ended')
  }

  async #signInNew(server: TrialServer, people: readonly Person[], when: string): Promise<void> {
    const answers = await Promise.all(people.map((person) => logIn(server, person)))
    this.#expectAll(`sign-ins ${when}`, answers, '200')
    for (const [index, person] of people.entries()) {
      const token = answers[index]?.body.token
      if (token !== undefined) this.#ledger.noteSignIn(person, token)
    }
  }

  /** With the same key: they get in at most once, and do so if they were in already. */
  async #repeatUnanswered(server: TrialServer, when: string): Promise<void> {
    const { unanswered } = this.#ledger
    this.#ledger.unanswered = []
    this.#ledger.repeated += unanswered.length
    const isIn = await this.#readUsernames()
    await Promise.all(
      unanswered.map(async ({ person, inviteCode, headers }) => {
        const { body, outcome } = await register(server, person, inviteCode, headers)
        const mayBe = isIn.has(person.username) ? ['201'] : ['201', '403 invite_used_up']
        this.#evidence.expect(`${outcome} to a repeated registration ${when}`, mayBe.includes(outcome), true)
        if (body.token !== undefined) this.#ledger.noteRegistration(person, body.token)
      }),
    )
  }

  /** Nobody is in whose registration was not answered, and each took one use. */
  async #checkUses(when: string): Promise<void> {
    const people = this.#ledger.people.length
    const expected = { people, usesCounted: people, usesWritten: people }
    this.#evidence.expect(`the data file ${when}`, await readUses(this.#file), expected)
    const overspent = await readDataFile(this.#file, async (db) =>
      db.selectFrom('invites').select('id').whereRef('uses', '>', 'max_uses').execute(),
    )
    this.#evidence.expect(`overspent invites ${when}`, overspent, [])
  }

  async #readUsernames(): Promise<Set<string>> {
    const users = await readDataFile(this.#file, async (db) => db.selectFrom('users').select('username').execute())
    return new Set(users.map(({ username }) => username))
  }

  #expectAll(what: string, answers: readonly Answer[], outcome: string): void {
    this.lost += this.#evidence.expectAll(what, outcomesOf(answers), outcome)
  }
}
