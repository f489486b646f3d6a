import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import test from 'ava'
import { hasValidCheckSymbol } from '../../server/invites/crockford.ts'
import { isCustomCode, isGuessable } from '../../server/invites/invite-code.ts'
import { InviteCodeExists } from '../../server/invites/mint-invites.ts'
import { startServer } from '../helpers/start-server.ts'

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

test('a minted code is five groups of five symbols, of which the last checks the others', async (t) => {
  const server = await startServer(t)
  const codes = await Promise.all(Array.from({ length: 50 }, () => server.mintInvite(1)))
  for (const code of codes) {
    t.regex(code, /^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$/)
    t.true(hasValidCheckSymbol(code.replaceAll('-', '')))
  }
  t.is(new Set(codes).size, 50)
})

test('the data file holds the SHA-256 of a code and its first group, and no more of it', async (t) => {
  const server = await startServer(t)
  const code = await server.mintInvite(1)
  const symbols = code.replaceAll('-', '')
  const rows = server.query<{ code_hash: Uint8Array }>('SELECT code_hash, first_group, note, created_by FROM invites')
  const expected = { code_hash: sha256(symbols), first_group: code.slice(0, 5), note: null, created_by: null }
  t.deepEqual(
    rows.map((row) => ({ ...row, code_hash: Buffer.from(row.code_hash) })),
    [expected],
  )
  const stored = ['', '-wal'].map((ending) => readFileSync(server.file + ending).toString('latin1')).join('')
  t.true(stored.includes(code.slice(0, 5)), 'the file is looked at in the right way')
  for (const secret of [symbols, code, ...code.split('-').slice(1)]) t.false(stored.includes(secret), secret)
  t.false(server.log().includes(code.slice(0, 11)))
})

test('of a custom code only the SHA-256 is stored: a group of it could be all of it', async (t) => {
  const server = await startServer(t)
  await server.mintInvite(undefined, { code: 'Quiz-Oil-9' })
  const [row] = server.query<{ code_hash: Uint8Array; first_group: unknown }>('SELECT * FROM invites')
  t.deepEqual(Buffer.from(row?.code_hash ?? []), sha256('QU1Z0119'))
  t.is(row?.first_group, null)
  t.notRegex(readFileSync(`${server.file}-wal`).toString('latin1'), /QU[1I]Z/i)
})

test('a custom code that another, folded, has already is refused, and nothing is written', async (t) => {
  const server = await startServer(t)
  await server.mintInvite(3, { code: 'OIL-101' })
  for (const code of ['OIL-101', 'oil101', '0-1-1-1-0-1', 'OlLIOI']) {
    await t.throwsAsync(server.mintInvite(1, { code }), { instanceOf: InviteCodeExists })
  }
  t.deepEqual(server.query('SELECT max_uses FROM invites'), [{ max_uses: 3 }])
})

test('a custom code has 3 to 64 letters, digits and dashes, of which 3 are no dashes', (t) => {
  for (const code of ['ABC123', 'abc', 'a-b-c', '007', 'A'.repeat(64), '-abc-']) t.true(isCustomCode(code), code)
  for (const code of ['', 'ab', 'a-b', '---', 'A'.repeat(65), 'a b c', 'abc_', 'äbc', 'abc\n', 'abc/']) {
    t.false(isCustomCode(code), code)
  }
})

test('a code of under 12 symbols can be guessed', (t) => {
  t.true(isGuessable('ABC123'))
  t.true(isGuessable('A-B-C-D-E-F-G-H-J-K-M'))
  t.false(isGuessable('ABCDEF-GHJKMN'))
})
