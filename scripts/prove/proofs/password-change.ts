import { mintInvite, readDataFile } from '../data-file.ts'
import type { Proof } from '../proof.ts'
import { getMe, logIn, makePerson, outcomesOf, type Person, refresh, register, repeat, tokenOf } from '../requests.ts'
import type { Answer } from '../send.ts'
import type { TrialServer } from '../trial.ts'

/** So many sign in again and again while the password is changed: some do as it is written. */
const signingIn = 3

export const passwordChange = ({ others = 4 } = {}): Proof => ({
  name: 'password-change',
  promise: 'a changed password ends every other session, also those that open just then',
  prove: async (trial, evidence) => {
    await trial.withServer('password-change', async (server) => {
      const inviteCode = await mintInvite(server.file, 2)
      const [alice, bob] = [makePerson('alice'), makePerson('bob')]
      const own = await tokenOf(register(server, alice, inviteCode))
      const bystander = await tokenOf(register(server, bob, inviteCode))
      const before = await repeat(others, () => tokenOf(logIn(server, alice)))
      const changed = { ...alice, password: makePerson('alice').password }
      const changing = tokenOf(changePassword(server, own, alice.password, changed.password))
      const [token, signIns] = await Promise.all([changing, signInDuring(changing, server, alice)])
      const strange = outcomesOf(signIns).filter((outcome) => !['200', '401 invalid_credentials'].includes(outcome))
      evidence.expect('other answers to sign-ins meanwhile', strange, [])

      const over = [...before, ...signIns.flatMap(({ body }) => body.token ?? [])]
      const uses = await Promise.all(over.flatMap((each) => [getMe(server, each), refresh(server, each)]))
      const goOn = evidence.expectAll('requests of the other sessions', outcomesOf(uses), '401 session_ended')
      const good = await Promise.all([own, token, bystander].map((each) => getMe(server, each)))
      evidence.expectAll('their own session, and that of somebody else', outcomesOf(good), '200')
      evidence.expect('a refresh of their own session', (await refresh(server, token)).outcome, '200')
      const sessionsLeft = await countLiveSessions(server.file, alice.username)
      evidence.expect('sessions of theirs in the data file', sessionsLeft, 1)
      evidence.expect('the old password', (await logIn(server, alice)).outcome, '401 invalid_credentials')
      evidence.expect('the new password', (await logIn(server, changed)).outcome, '200')
      evidence.count({
        signInsMeanwhile: signIns.length,
        otherSessions: over.length,
        ofTheirRequestsAnswered: goOn,
        sessionsLeft,
      })
    })
  },
})

async function signInDuring(changing: Promise<unknown>, server: TrialServer, person: Person): Promise<Answer[]> {
  let isChanged = false
  const noteChange = (): void => {
    isChanged = true
  }
  changing.then(noteChange, noteChange)
  const answers: Answer[] = []
  await repeat(signingIn, async () => {
    while (!isChanged) answers.push(await logIn(server, person))
  })
  return answers
}

const changePassword = async (server: TrialServer, token: string, currentPassword: string, newPassword: string) =>
  await server.request('POST', '/api/auth/password', { token, body: { currentPassword, newPassword } })

async function countLiveSessions(file: string, username: string): Promise<number> {
  return await readDataFile(file, async (db) => {
    const sessions = await db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'user_id')
      .select('sessions.id')
      .where('username', '=', username)
      .where('ended_at', 'is', null)
      .execute()
    return sessions.length
  })
}
