import { join } from 'node:path'
import test from 'ava'
import { checkInvite } from '../helpers/account-requests.ts'
import { runCommand, seedJson } from '../helpers/commands.ts'
import { connectBeside, newDataFile } from '../helpers/data-files.ts'
import { createClock, startServer, temporaryFolder } from '../helpers/start-server.ts'

const day = 86_400_000
const minted = /^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$/

test('--json prints an array of what was minted and nothing else; the data file is named on stderr', async (t) => {
  const file = newDataFile(t)
  const startedAt = Date.now()
  const { code, stdout, stderr } = await runCommand(t, file, ['invites', 'mint', '--json'])
  t.is(code, 0)
  const [invite, ...more] = JSON.parse(stdout)
  t.deepEqual(more, [])
  t.deepEqual(Object.keys(invite), ['code', 'url', 'maxUses', 'expiresAt'])
  t.regex(invite.code, minted)
  t.like(invite, { url: null, maxUses: 1 })
  const lifeMs = Date.parse(invite.expiresAt) - startedAt
  t.true(lifeMs >= 7 * day && lifeMs < 7 * day + 60_000)
  t.is(stderr, `1 invite written to ${file}\n`)
})

test('people get a table', async (t) => {
  const file = newDataFile(t)
  const { code, stdout } = await runCommand(t, file, ['invites', 'mint', '--count', '3', '--uses', '20'])
  t.is(code, 0)
  const [head, ...rows] = stdout.trimEnd().split('\n')
  t.regex(head ?? '', /^CODE +USES +EXPIRES$/)
  t.is(rows.length, 3)
  for (const row of rows) t.regex(row, /^[0-9A-Z-]{29} {2}20 {4}\d{4}-\d\d-\d\d \d\d:\d\d UTC$/)
})

test('--count, --uses unlimited, --expires never, --note and INVITE_URL do what they say', async (t) => {
  const file = newDataFile(t)
  const args = ['--count', '3', '--uses', 'unlimited', '--expires', 'never', '--note', "for Bob's friends"]
  const invites = await seedJson(t, file, args, { INVITE_URL: 'https://chat.example/join' })
  t.is(new Set(invites.map(({ code }) => code)).size, 3)
  for (const { code, url, maxUses, expiresAt } of invites) {
    t.is(url, `https://chat.example/join#invite=${code}`)
    t.is(maxUses, null)
    t.is(expiresAt, null)
  }
  const rows = connectBeside(t, file).prepare('SELECT max_uses, expires_at, note, is_first_start FROM invites').all()
  const row = { max_uses: null, expires_at: null, note: "for Bob's friends", is_first_start: 0 }
  t.deepEqual(rows, [row, row, row])
})

test('a code of one’s own is minted as it stands, with a warning that it can be guessed', async (t) => {
  const file = newDataFile(t)
  const guessable = await runCommand(t, file, ['invites', 'mint', '--json', '--code', 'ABC123'])
  t.is(JSON.parse(guessable.stdout)[0].code, 'ABC123')
  t.regex(guessable.stderr, /^warning: .*can be guessed/m)
  const stored = connectBeside(t, file).prepare('SELECT * FROM invites').all()
  t.false(JSON.stringify(stored).includes('ABC'), 'nothing of it is stored')
})

test('codes minted while the server runs are good at once, and those minted before it ever ran as well', async (t) => {
  const file = join(temporaryFolder(t), 'not', 'there', 'yet', 'guestlist.db')
  const [before] = await seedJson(t, file)
  const server = await startServer(t, { file, clock: createClock(Date.now() + 60_000) })
  const [during] = await seedJson(t, file, ['--uses', '2', '--expires', '12h'])
  for (const [invite, usesLeft] of [
    [before, 1],
    [during, 2],
  ] as const) {
    const check = await checkInvite(server, invite?.code)
    t.is(check.status, 200)
    t.deepEqual(check.body, { expiresAt: invite?.expiresAt, usesLeft })
  }
})

test('100,000 codes are minted in one go, each another', async (t) => {
  const file = newDataFile(t)
  const invites = await seedJson(t, file, ['--count', '100000'])
  t.is(invites.length, 100_000)
  t.is(new Set(invites.map(({ code }) => code)).size, 100_000)
  const counted = connectBeside(t, file).prepare('SELECT count(DISTINCT code_hash) FROM invites').pluck().get()
  t.is(counted, 100_000)
})
