import test from 'ava'
import { enforceNickname, findNameProblem } from '../../server/accounts/display-name.ts'
import { countUses, registerAnother } from '../helpers/account-requests.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

/** Names that deceive, by what it is that deceives. */
const deceptive: Record<string, readonly string[]> = {
  'that are of invisible characters only': [
    '\u3164',
    '\u115f\u1160',
    '\uffa0',
    '\u2800',
    '\u{1d159}',
    '\u00ad',
    '\u17b4\u17b5',
  ],
  'with zero-width characters': [
    'Al\u200bice',
    'Al\u200dice',
    'Al\u200cice',
    'Al\u2060ice',
    'Al\ufe0fice',
    'Al\u034fice',
    'Al\u180eice',
  ],
  'with characters that stand for nothing': [
    'Al\ufffcice',
    'Al\ufffdice',
    'Al\ue000ice',
    'Al\u0378ice',
    'Al\u{1fffe}ice',
  ],
  'with tag characters': ['Alice\u{e0041}\u{e0042}', '🏴\u{e0041}\u{e007f}', '\u{e0001}Alice'],
  'that turn the direction': ['Alice\u200f', 'Al\u061cice', '\u202eecilA', 'Al\u2067ice'],
  'with stacked marks': [
    `Z${'\u0336\u0322\u0315\u034e\u0330'}algo`,
    'a\u0301\u0301',
    `o${'\u0300\u0301\u0302\u0303\u0304'}`,
    '\u0301lice',
  ],
  'whose words mix scripts that look alike': ['Аlice', 'Αlice', 'аdmin', 'Paypаl', 'Σlice'],
}

for (const [kind, names] of Object.entries(deceptive)) {
  test(`display names ${kind} are refused, at a registration, a change and for a bot`, async (t) => {
    const server = await startServer(t)
    const { token, user } = await registerPerson(server)
    for (const displayName of names) {
      const written = JSON.stringify(displayName)
      const changed = await server.request('PATCH', '/api/auth/me', { token, body: { displayName } })
      assertProblem(t, changed, 422, 'validation_failed')
      t.is(changed.body.errors[0].path, 'displayName', written)
      assertProblem(t, await registerAnother(server, { displayName }), 422, 'validation_failed')
      const bot = await server.request('POST', '/api/auth/bots', { token, body: { username: 'helper', displayName } })
      assertProblem(t, bot, 422, 'validation_failed')
    }
    t.deepEqual((await server.request('GET', '/api/auth/me', { token })).body, user)
    t.is(countUses(server), 1)
  })
}

/** In these scripts and signs invisible characters and marks belong to the spelling. */
const honest = [
  'می‌خواهم',
  'क्‍ष',
  'ශ්‍රී',
  'Nguyễn Thị Ánh',
  'שָׁלוֹם',
  'مُحَمَّد',
  'ป๊ะ',
  '葛󠄀城',
  'Σωκράτης',
  'Дима (Dima)',
  '東京タワー Tokyo',
  '👨‍👩‍👧‍👦',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '👍🏽',
  '❤️',
  '☺︎',
  '1️⃣',
  'Zoë 🇩🇪',
]

test('names whose script or sign needs joiners, marks or selectors are kept', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  for (const displayName of honest) {
    const answer = await server.request('PATCH', '/api/auth/me', { token, body: { displayName } })
    t.is(answer.body.displayName, displayName.normalize('NFKC'), answer.text)
  }
})

test('a name is kept in the one form of the nickname profile (RFC 8266, sections 2.1 and 3)', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  for (const [typed, kept] of [
    ['  Swan  of   Avon   ', 'Swan of Avon'],
    ['Foo', 'Foo'],
    ['Foo Bar', 'Foo Bar'],
    ['foo\u00a0\u2003\u3000bar', 'foo bar'],
    ['\u2163', 'IV'],
    ['ｗｉｄｅ', 'wide'],
    ['ℌ𝔢𝔩𝔩𝔬', 'Hello'],
    ['Re\u0301my', 'Rémy'],
    ['¨x', '\u0308x'],
  ] as const) {
    const answer = await server.request('PATCH', '/api/auth/me', { token, body: { displayName: typed } })
    if (kept.startsWith('\u0308')) assertProblem(t, answer, 422, 'validation_failed')
    else t.is(answer.body.displayName, kept)
  }
})

test('whatever passes stays as it is when it is enforced again, and has something to see', (t) => {
  let state = 20_261_201
  const next = (most: number): number => {
    state = (state * 48_271) % 2_147_483_647
    return state % most
  }
  const anywhere = (): number => [next(0x250), next(0x3000), 0x2000 + next(0x70), next(0x110000)][next(4)] ?? 0
  let passed = 0
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: 1 + next(6) }, () => String.fromCodePoint(anywhere())).join('')
    if (!text.isWellFormed()) continue
    const name = enforceNickname(text)
    if (findNameProblem(name, 64) !== undefined) continue
    passed += 1
    t.is(enforceNickname(name), name)
    t.regex(name, /[\p{L}\p{N}\p{P}\p{S}]/u)
    t.notRegex(name, /[\p{Cc}\p{Bidi_Control}\u{e0000}-\u{e007f}\u200b\u2060\ufeff]/u)
  }
  t.true(passed > 1000, String(passed))
})
