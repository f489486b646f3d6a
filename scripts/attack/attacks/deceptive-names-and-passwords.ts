import { mintInvite } from '../../prove/data-file.ts'
import { inLanes } from '../../prove/in-lanes.ts'
import { makePerson, register } from '../../prove/requests.ts'
import type { Attack } from '../attack.ts'

/** Of invisible characters, with some, of other directions, with stacked marks, and in letters of two alphabets. */
const names = [
  '\u3164',
  '\u115f\u1160',
  '\u2800',
  '\u00ad',
  'Al\u200bice',
  'Al\u2060ice',
  'Al\ufe0fice',
  'Al\ue000ice',
  'Alice\u{e0041}\u{e0042}',
  'Alice\u200f',
  '\u202eecilA',
  'a\u0301\u0301',
  '\u0410lice',
  '\u0430dmin',
  'Payp\u0430l',
]

const passwords = [
  'short-password',
  'a'.repeat(128),
  'abcabcabcabcabc',
  'abcdefghijklmnop',
  '123456789012345',
  'qwertyuiopasdfgh',
  '1qaz2wsx3edc4rfv',
  'passwordpassword',
  'Password12345678',
  'letmeinletmein1',
  'guestlistguestlist',
  'Guestlist2026!!!',
  'mallory@example.com',
  'm4ll0ry-m4ll0ry',
]

export const deceptiveNamesAndPasswords = (): Attack => ({
  name: 'deceptive-names-and-passwords',
  title: 'joins under names that look like others or like nothing, and with passwords that are common or a pattern',
  run: async (trial, evidence) =>
    await trial.withServer('deceptive-names-and-passwords', async (server) => {
      const code = await mintInvite(server.file, names.length + passwords.length + 1)
      const mallory = makePerson('mallory')
      const named = await inLanes(4, [...names.entries()], async ([index, displayName]) =>
        server.request('POST', '/api/auth/register', {
          body: { ...makePerson(`named-${index}`), displayName, inviteCode: code },
        }),
      )
      const guessable = await inLanes(4, passwords, async (password) =>
        register(server, { ...mallory, password }, code),
      )
      const gained =
        named.filter(({ outcome }) => outcome !== '422 validation_failed').length +
        guessable.filter(({ outcome }) => outcome !== '422 weak_password').length
      evidence.expect('a person with a plain name', (await register(server, mallory, code)).outcome, '201')
      return { tried: named.length + guessable.length, gained }
    }),
})
