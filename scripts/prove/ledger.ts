import { randomUUID } from 'node:crypto'
import { makePerson, type Person } from './requests.ts'

/** Somebody who registers, if need be twice: the key lets the server know them again when an answer was lost. */
export interface Registrant {
  readonly person: Person
  readonly inviteCode: string
  readonly headers: Readonly<Record<string, string>>
}

/** A session with the newest token that was answered. */
export interface HeldSession {
  readonly person: Person
  token: string
}

/** All that the server has acknowledged, and so must keep, whatever becomes of it. */
export class Ledger {
  readonly people: Person[] = []
  readonly sessions = new Set<HeldSession>()
  /** The last token of each session whose logout was answered. */
  readonly ended: string[] = []
  /** Registrations whose answer never came. */
  unanswered: Registrant[] = []
  readonly acknowledged = { registrations: 0, signIns: 0, refreshes: 0, logouts: 0 }
  /** How many have been repeated since, because their answer had not come. */
  repeated = 0

  noteRegistration(person: Person, token: string): void {
    this.acknowledged.registrations += 1
    this.people.push(person)
    this.sessions.add({ person, token })
  }

  noteSignIn(person: Person, token: string): void {
    this.acknowledged.signIns += 1
    this.sessions.add({ person, token })
  }

  noteRefresh(session: HeldSession, token: string): void {
    this.acknowledged.refreshes += 1
    session.token = token
  }

  noteLogout(token: string): void {
    this.acknowledged.logouts += 1
    this.ended.push(token)
  }
}

export const makeRegistrant = (username: string, inviteCode: string): Registrant => ({
  person: makePerson(username),
  inviteCode,
  headers: { 'idempotency-key': randomUUID() },
})
