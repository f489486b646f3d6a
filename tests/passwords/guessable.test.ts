import test, { type ExecutionContext } from 'ava'
import { countUses, registerAnother } from '../helpers/account-requests.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const settings = { PUBLIC_URL: 'https://chat.rabbithole.example', AUDIENCE: 'teaparty' }
const alice = { email: 'alice.liddell@wonderland.example', username: 'alice', displayName: 'Mad Hatter' }

const refuseAll = async (t: ExecutionContext, server: TestServer, passwords: readonly string[]): Promise<void> => {
  for (const password of passwords) {
    const answer = await registerAnother(server, { ...alice, password })
    assertProblem(t, answer, 422, 'weak_password')
    t.false(answer.text.includes(JSON.stringify(password).slice(1, -1)), 'the password is not repeated')
    t.notRegex(answer.body.detail, /this one has/, 'no length is told where length is not the fault')
  }
  t.is(countUses(server), 0)
}

test('a repeat of one character or of a few is no password', async (t) => {
  await refuseAll(t, await startServer(t, { settings }), [
    ' '.repeat(15),
    'a'.repeat(128),
    '!'.repeat(15),
    'ａ'.repeat(15),
    'а'.repeat(15),
    'あ'.repeat(15),
    '😀'.repeat(15),
    'abcabcabcabcabc',
    'abababababababab',
    'aaaaaaaabbbbbbbb',
    '.-.-.-.-.-.-.-.-',
    '19901990199019901990',
    'xyxyxy1xyxyxy1xyxyxy1xyxyxy1xyxyxy1xyxyxy1xyxyxy1',
    `${' '.repeat(20)}a`,
  ])
})

test('a sequence and a row of keys is no password', async (t) => {
  await refuseAll(t, await startServer(t, { settings }), [
    'abcdefghijklmnop',
    'ponmlkjihgfedcba',
    '123456789012345',
    '112233445566778899',
    'qwertyuiopasdfgh',
    'qwertyuiop1234567890',
    'azertyuiopqsdfgh',
    '1qaz2wsx3edc4rfv',
    'zxcvbnmasdfghjk',
  ])
})

test('a common password with a tail, or twice, is no password', async (t) => {
  await refuseAll(t, await startServer(t, { settings }), [
    'passwordpassword',
    'Password12345678',
    'passw0rdpassw0rd',
    'letmeinletmein1',
    'iloveyouiloveyou',
    'dragon123dragon123',
  ])
})

test('the name of the product, of the host, of the application and of the person is no password, in parts, written otherwise, or with a tail', async (t) => {
  await refuseAll(t, await startServer(t, { settings }), [
    'guestlistguestlist',
    'Guestlist2026!!!',
    'guest-list-guest-list',
    'chat.rabbithole.example1',
    'chat-rabbithole-example',
    'rabbithole12345',
    'Rabbithole!!!!!!',
    'teaparty-teaparty',
    'alice.liddell@wonderland.example1',
    '1alice.liddell@wonderland.example',
    'elpmaxe.dnalrednow@lleddil.ecila',
    '4l1c3.l1dd3ll@w0nd3rl4nd.3x4mpl3',
    'alice1alice2alice3',
    '4l1c3-l1dd3ll-4l1c3',
    'r@bb1th0le-r@bb1th0le',
    'Liddell-Alice-1865',
    'ALICE_LIDDELL_99',
    'madhattermadhatter',
    'Hatter & Alice & 7',
  ])
})

test('a few words, and random characters, are a password, in any script', async (t) => {
  const server = await startServer(t, { settings })
  const good = [
    'secure-password',
    'correct horse battery staple',
    'correcthorsebatterystaple',
    'pencil anchor window',
    'alice eats a mushroom',
    'rabbithole with a teaparty inside',
    'Xk3!fQ9zLm2$Vw8',
    'ich gehe gern wandern',
    'это мой длинный пароль',
    'μια μεγάλη φράση εδώ',
    '合気道は楽しいですね毎日練習する',
    '😀🚗🌲🍎📚🎵🧊🐧🪁🎲🧵🌋🛶🥝🪐',
    // Only its beginning, or its end, is a pattern.
    `${'a'.repeat(60)} correct horse battery staple`,
    `correct horse battery staple ${'a'.repeat(60)}`,
  ]
  for (const [index, password] of good.entries()) {
    const names = { email: `reader${index}@library.example`, username: `reader${index}` }
    const answer = await registerAnother(server, { ...names, password })
    t.is(answer.status, 201, `${password}: ${answer.text}`)
  }
  t.is(countUses(server), good.length)
})

test('a change and a reset refuse what a registration refuses', async (t) => {
  const server = await startServer(t, { settings })
  const { token } = await registerPerson(server)
  const hash = server.query('SELECT hex(password_hash) AS hash FROM users')
  for (const newPassword of [' '.repeat(15), 'alice@example.com1', 'rabbithole12345']) {
    const body = { currentPassword: 'secure-password', newPassword }
    const answer = await server.request('POST', '/api/auth/password', { token, body })
    assertProblem(t, answer, 422, 'weak_password')
    t.is(answer.body.errors[0].path, 'newPassword')
  }
  t.deepEqual(server.query('SELECT hex(password_hash) AS hash FROM users'), hash)
})

test('where shorter passwords are allowed, short words beside each other are enough, and patterns are not', async (t) => {
  const server = await startServer(t, { settings: { ...settings, PASSWORD_MIN_LENGTH: '8' } })
  await refuseAll(t, server, ['        ', 'aaaaaaaa', 'abcd1234', 'alice-99', 'qwertzui', 'guestlist1'])
  t.is((await registerAnother(server, { ...alice, password: 'kettle-7' })).status, 201)
})
