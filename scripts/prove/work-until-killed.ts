import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Evidence } from './evidence.ts'
import type { HeldSession, Ledger, Registrant } from './ledger.ts'
import { logIn, logOut, type Person, refresh, register } from './requests.ts'
import { type Answer, NoAnswer } from './send.ts'
import type { TrialServer } from './trial.ts'

/** Where the server does nothing that the kill waits for. */
const longestMs = 20_000
const refreshing = 6
const signingIn = 2
const betweenSignOutsMs = 100

interface Load {
  readonly server: TrialServer
  readonly ledger: Ledger
  readonly evidence: Evidence
  /** Called with each answer that took a hash. */
  readonly noteHash: () => void
}

/** Registers these people while others refresh, sign in and sign out, and kills the server in the midst of it. */
export async function workUntilKilled(
  server: TrialServer,
  { ledger, evidence, registrants }: { ledger: Ledger; evidence: Evidence; registrants: readonly Registrant[] },
): Promise<void> {
  let hashesLeft = randomInt(1, registrants.length + 1)
  let killing: Promise<void> | undefined
  const kill = (): void => {
    killing ??= server.kill()
  }
  const noteHash = (): void => {
    hashesLeft -= 1
    // Hashes that run at once are done at once: soon after an answer others are being written.
    if (hashesLeft === 0) void delay(randomInt(20)).then(kill)
  }
  const latest = setTimeout(kill, longestMs)
  const sessions = [...ledger.sessions]
  const load: Load = { server, ledger, evidence, noteHash }
  await Promise.all([
    ...registrants.map((each) => registerOnce(load, each)),
    ...sessions.slice(-refreshing).map((session) => keepRefreshing(load, session)),
    ...ledger.people.slice(0, signingIn).map((person) => keepSigningIn(load, person)),
    signOut(load, sessions.slice(0, Math.max(0, sessions.length - refreshing))),
  ])
  clearTimeout(latest)
  kill()
  await killing
}

async function registerOnce({ server, ledger, evidence, noteHash }: Load, registrant: Registrant): Promise<void> {
  const answer = await answerOf(register(server, registrant.person, registrant.inviteCode, registrant.headers))
  if (answer === undefined) ledger.unanswered.push(registrant)
  else if (answer.body.token !== undefined) ledger.noteRegistration(registrant.person, answer.body.token)
  else evidence.expect('a registration on an invite for fewer', answer.outcome, '403 invite_used_up')
  if (answer !== undefined) noteHash()
}

async function keepRefreshing({ server, ledger, evidence }: Load, session: HeldSession): Promise<void> {
  for (;;) {
    const answer = await answerOf(refresh(server, session.token))
    if (answer === undefined) return
    evidence.expect('a refresh before the kill', answer.outcome, '200')
    if (answer.body.token === undefined) return
    ledger.noteRefresh(session, answer.body.token)
  }
}

async function keepSigningIn({ server, ledger, evidence, noteHash }: Load, person: Person): Promise<void> {
  for (;;) {
    const answer = await answerOf(logIn(server, person))
    if (answer === undefined) return
    evidence.expect('a sign-in before the kill', answer.outcome, '200')
    if (answer.body.token === undefined) return
    ledger.noteSignIn(person, answer.body.token)
    noteHash()
  }
}

/** One after the other, with time for a kill between them. */
async function signOut({ server, ledger, evidence }: Load, sessions: readonly HeldSession[]): Promise<void> {
  for (const session of sessions) {
    await delay(randomInt(betweenSignOutsMs))
    ledger.sessions.delete(session)
    const answer = await answerOf(logOut(server, session.token))
    // Whether this one has ended nobody knows: no answer, no promise.
    if (answer === undefined) return
    evidence.expect('a logout before the kill', answer.outcome, '204')
    if (answer.status === 204) ledger.noteLogout(session.token)
  }
}

/** Undefined where the connection broke before the answer had come whole. */
async function answerOf(answering: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answering
  } catch (error) {
    if (error instanceof NoAnswer) return undefined
    throw error
  }
}
