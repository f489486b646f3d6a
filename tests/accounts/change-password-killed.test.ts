import test from 'ava'
import { newPassword } from '../helpers/own-account.ts'
import { logIn, registerPerson } from '../helpers/people.ts'
import { serverSettings, startScript } from '../helpers/processes.ts'
import { send } from '../helpers/send.ts'
import { createClock, startServer } from '../helpers/start-server.ts'
import { getMe } from '../helpers/tokens.ts'

const moments: { when: string; settings: Record<string, string>; isChanged: boolean }[] = [
  { when: 'once the passwords are hashed', settings: { DIE_BEFORE: 'begin immediate' }, isChanged: false },
  { when: 'before the hash is written', settings: { DIE_BEFORE: 'update "users"' }, isChanged: false },
  { when: 'after the hash was written', settings: { DIE_AFTER: 'update "users"' }, isChanged: false },
  { when: 'after the other sessions were ended', settings: { DIE_AFTER: 'update "sessions"' }, isChanged: false },
  { when: 'before the commit', settings: { DIE_BEFORE: 'commit' }, isChanged: false },
  { when: 'after the commit, before the answer', settings: { DIE_AFTER: 'commit' }, isChanged: true },
]

for (const { when, settings, isChanged } of moments) {
  test(`a server that is killed ${when} has ${isChanged ? 'changed the password' : 'changed nothing'}`, async (t) => {
    const clock = createClock(Date.now())
    const before = await startServer(t, { clock })
    const { token } = await registerPerson(before)
    const { body: second } = await logIn(before)
    await before.stop()

    const file = before.file
    const dying = startScript(t, 'tests/helpers/dying-server.ts', [], { ...serverSettings(file), ...settings })
    const [, url = ''] = await dying.waitFor(/"address":"([^"]+)"/)
    const body = { currentPassword: 'secure-password', newPassword }
    await t.throwsAsync(send(url, 'POST', '/api/auth/password', { token, body }), { message: 'fetch failed' })
    t.is((await dying.ended).signal, 'SIGKILL')

    const after = await startServer(t, { file, clock })
    const good = []
    for (const password of ['secure-password', newPassword]) {
      if ((await logIn(after, 'alice', password)).status === 200) good.push(password)
    }
    t.deepEqual(good, [isChanged ? newPassword : 'secure-password'])
    t.is((await getMe(after, token)).status, 200)
    t.is((await getMe(after, second.token)).status, isChanged ? 401 : 200, 'the sessions are those of the password')
  })
}
