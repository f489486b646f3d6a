import test from 'ava'
import { checkInvite, register } from '../helpers/account-requests.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const spellings: [name: string, spell: (code: string) => string][] = [
  ['lower case', (code) => code.toLowerCase()],
  ['no dashes', (code) => code.replaceAll('-', '')],
  ['spaces for dashes', (code) => code.replaceAll('-', '  ')],
  ['a dash after each symbol', (code) => [...code.replaceAll('-', '')].join('-')],
  ['the dashes that word processors make', (code) => code.replace('-', '\u2013').replaceAll('-', '\u2011')],
  ['white space around it', (code) => `\t ${code}\r\n`],
  ['no-break spaces', (code) => code.replaceAll('-', '\u00a0')],
  ['I for 1 and O for 0', (code) => code.replaceAll('1', 'I').replaceAll('0', 'O')],
  ['l for 1 and o for 0', (code) => code.replaceAll('1', 'l').replaceAll('0', 'o')],
  ['i and L for 1', (code) => code.replaceAll('1', 'i').replace('i', 'L')],
]

test('a code may be typed with anything that people make of case, dashes, spaces and look-alikes', async (t) => {
  const server = await startServer(t)
  const custom = await server.mintInvite(undefined, { code: '10-ABC-10' })
  for (const [index, [name, spell]] of spellings.entries()) {
    const minted = await server.mintInvite(1)
    t.is((await checkInvite(server, spell(minted))).status, 200, name)
    const names = { username: `user${index}`, email: `user${index}@example.com` }
    t.is((await register(server, { ...names, inviteCode: spell(custom) })).status, 201, name)
  }
})

test('the code of the reference page can be minted and used as it stands', async (t) => {
  const server = await startServer(t)
  await server.mintInvite(1, { code: 'ABC123' })
  t.is((await register(server, { inviteCode: 'ABC123' })).status, 201)
})

test('a custom code with I, L or O is matched as it was given', async (t) => {
  const server = await startServer(t)
  await server.mintInvite(1, { code: 'hello-olli' })
  for (const spelling of ['hello-olli', 'HELLO OLLI', 'he11001111', 'HEIIO-OIIL']) {
    const isSame = spelling !== 'he11001111'
    t.is((await checkInvite(server, spelling)).status, isSame ? 200 : 403, spelling)
  }
})

test('nothing else is forgiven', async (t) => {
  const server = await startServer(t)
  const code = await server.mintInvite(1)
  await server.mintInvite(1, { code: 'ABC123' })
  for (const wrong of ['ABC12', 'ABC1234', 'ABC_123', 'ABC.123', 'ＡＢＣ123', 'АВС123', 'ABC123\0', '%', '*', '']) {
    assertProblem(t, await checkInvite(server, wrong), 403, 'invite_invalid')
  }
  for (const wrong of [code.slice(1), `${code}0`, `0${code}`, [...code].reverse().join(''), `${code}${code}`]) {
    assertProblem(t, await checkInvite(server, wrong), 403, 'invite_invalid')
  }
})
