import test, { type ExecutionContext } from 'ava'
import { assertFailure } from '../helpers/commands.ts'
import { argon2Hash, bcryptHash } from '../helpers/foreign-hashes.ts'
import { importFile } from '../helpers/import-files.ts'
import { assertProblem, logIn, registerPerson } from '../helpers/people.ts'
import { createClock, startServer, type TestServer } from '../helpers/start-server.ts'

const start = (t: ExecutionContext): Promise<TestServer> => startServer(t, { clock: createClock(Date.now()) })

const listPeople = (server: TestServer) =>
  server.query('SELECT email, username, display_name, avatar_url, created_at FROM users ORDER BY rowid')

/** What better-auth made of this password. */
const salted = {
  password: 'Ünïcode passwôrd',
  hash: '87bb58283dc0391d0f84a0e0378d3113:11b85d222b3784f7751b23ebdfa34026db3c9fa93fd1d8ac7dfb82e477d16686a65e301fe00106a591504583c75ecf29c050e59b63d82c7afdf5f8fecbc6c118',
}

test('an export of PocketBase, as sqlite3 writes it, comes in with names, times and passwords', async (t) => {
  const server = await start(t)
  const { hash, password } = await bcryptHash('short')
  const content = JSON.stringify({
    avatar: 'a_x8.png',
    created: '2024-05-01 12:00:00.123Z',
    email: 'alice@example.com',
    emailVisibility: 0,
    id: 'p1fn8knx28xz5x7',
    name: 'Alice',
    password: hash,
    tokenKey: 'secret-of-theirs',
    updated: '2024-05-02 12:00:00.000Z',
    username: 'alice',
    verified: 1,
  })
  const args = ['--from', 'pocketbase']
  const { code, stderr } = await importFile(t, server.file, `${content}\n`, { name: 'users.jsonl', args })
  t.is(code, 0, stderr)
  t.deepEqual(listPeople(server), [
    {
      email: 'alice@example.com',
      username: 'alice',
      display_name: 'Alice',
      avatar_url: null,
      created_at: Date.parse('2024-05-01T12:00:00.123Z'),
    },
  ])
  t.is((await logIn(server, 'alice', password)).status, 200, 'a password of before may be shorter than is allowed now')
})

test('of an older PocketBase the hash is in passwordHash', async (t) => {
  const server = await start(t)
  const { hash, password } = await bcryptHash('the password from before')
  const content = `id,username,email,name,passwordHash,created\nx,alice,alice@example.com,,${hash},2023-01-01 00:00:00.000Z\n`
  const { code, stderr } = await importFile(t, server.file, content, { args: ['--from', 'pocketbase'] })
  t.is(code, 0, stderr)
  t.is((await logIn(server, 'alice', password)).status, 200)
})

test('an export of Supabase Auth comes in; what people said of themselves is read out of its JSON', async (t) => {
  const server = await start(t)
  const bcrypt = await bcryptHash('the password of alice')
  const argon2 = await argon2Hash('the password of bob')
  const said = '"{""username"":""Alice"",""full_name"":""Alice A."",""avatar_url"":""https://example.com/a.png""}"'
  const content = `instance_id,id,email,encrypted_password,created_at,raw_user_meta_data,banned_until,deleted_at,is_anonymous
0,1,alice@example.com,${bcrypt.hash},2024-05-01 14:00:00.123456+02,${said},,,f
0,2,bob@example.com,"${argon2.hash}",2024-05-01 12:00:00+00,"{""username"":""not a username!""}",,,f
0,3,carol@example.com,,2024-05-01 12:00:00+00,,,,f
`
  const args = ['--from', 'supabase', '--usernames-from', 'email']
  const { code, stderr } = await importFile(t, server.file, content, { args })
  t.is(code, 0, stderr)
  t.regex(stderr, /^1 without a password/m)
  const at = Date.parse('2024-05-01T12:00:00Z')
  const bare = { avatar_url: null, created_at: at }
  t.deepEqual(listPeople(server), [
    {
      email: 'alice@example.com',
      username: 'alice',
      display_name: 'Alice A.',
      avatar_url: 'https://example.com/a.png',
      created_at: at + 123,
    },
    { email: 'bob@example.com', username: 'bob', display_name: 'bob', ...bare },
    { email: 'carol@example.com', username: 'carol', display_name: 'carol', ...bare },
  ])
  t.is((await logIn(server, 'alice', bcrypt.password)).status, 200)
  t.is((await logIn(server, 'bob', argon2.password)).status, 200)
  assertProblem(t, await logIn(server, 'bob', bcrypt.password), 401, 'invalid_credentials')
  assertProblem(t, await logIn(server, 'carol', ''), 401, 'invalid_credentials')
})

test('an export of better-auth comes in, with its own scrypt', async (t) => {
  const server = await start(t)
  const rows = [
    { id: 'x', name: 'Alice A.', email: 'alice@example.com', image: null, createdAt: '2024-05-01T12:00:00.000Z' },
    { id: 'y', name: 'Bob', email: 'bob@example.com', createdAt: 1_714_564_800, username: 'bob' },
    { id: 'z', name: 'Carol', email: 'carol@example.com', createdAt: 1_714_564_800_000, username: 'carol' },
  ]
  const lines = rows.map((row) => JSON.stringify({ ...row, password: row.id === 'x' ? salted.hash : null }))
  const args = ['--from', 'better-auth', '--usernames-from', 'display-name']
  const { code, stderr } = await importFile(t, server.file, lines.join('\n'), { name: 'users.jsonl', args })
  t.is(code, 0, stderr)
  const people = server.query<{ username: string; created_at: number }>('SELECT * FROM users ORDER BY username')
  const expected = ['alice-a', 'bob', 'carol']
  t.deepEqual(
    people.map(({ username }) => username),
    expected,
  )
  t.deepEqual([...new Set(people.map((person) => person.created_at))], [Date.parse('2024-05-01T12:00:00Z')])
  const { body } = await logIn(server, 'alice', salted.password)
  t.is(body.user.username, 'alice-a')
})

test('times are read as databases write them, in whatever zone, and never guessed', async (t) => {
  const server = await start(t)
  const at = '2024-05-01T12:00:00.000Z'
  const written = [
    '2024-05-01 12:00:00Z',
    '2024-05-01 17:30:00+0530',
    '2024-05-01 09:00:00-03',
    '1714564800',
    '1714564800000',
  ]
  const rows = written.map((time, index) => `person${index}@example.com,person${index},,${time}`)
  const header = 'email,username,password,createdAt\n'
  const args = ['--from', 'better-auth']
  const { code, stderr } = await importFile(t, server.file, header + rows.join('\n'), { args })
  t.is(code, 0, stderr)
  t.deepEqual([...new Set(listPeople(server).map(({ created_at }) => created_at))], [Date.parse(at)])
  for (const time of ['2024-05-01 12:00:00', '01.05.2024', '1', '99999999999999', '2024-02-31 12:00:00Z']) {
    const refused = await importFile(t, server.file, `${header}x@example.com,xyz,,${time}\n`, { args })
    assertFailure(t, refused, /^line 2, createdAt: Must be a time like/m)
  }
})

test('a ban that is over keeps nobody out', async (t) => {
  const server = await start(t)
  const supabase =
    'email,encrypted_password,raw_user_meta_data,banned_until\na@example.com,,"{""username"":""aaa""}",2024-01-01 00:00:00+00\n'
  t.is((await importFile(t, server.file, supabase, { args: ['--from', 'supabase'] })).code, 0)
  const over = JSON.stringify({
    email: 'b@example.com',
    username: 'bbb',
    banned: 1,
    banExpires: '2024-01-01T00:00:00Z',
  })
  const args = ['--from', 'better-auth']
  t.is((await importFile(t, server.file, over, { name: 'b.jsonl', args })).code, 0)
  const ahead = over.replaceAll('b@', 'c@').replace('bbb', 'ccc').replace('2024', '2999')
  assertFailure(
    t,
    await importFile(t, server.file, ahead, { name: 'c.jsonl', args }),
    /^line 1, banned: Is banned there/m,
  )
  t.deepEqual(
    listPeople(server).map(({ username }) => username),
    ['aaa', 'bbb'],
  )
})

test('a name that is made is nobody’s: neither in the data file, nor on a later line', async (t) => {
  const server = await start(t)
  await registerPerson(server, 'dave')
  const content = `email,username
dave@elsewhere.example,
erin@example.com,
erin@elsewhere.example,
x@example.com,erin
admin@example.com,
äöü@example.com,
`
  const refused = await importFile(t, server.file, content, { args: ['--usernames-from', 'email'] })
  assertFailure(t, refused, /^line 7, email: Must be an email address/m)
  const args = ['--usernames-from', 'email']
  const { code, stderr } = await importFile(t, server.file, content.replace('äöü', '...'), { args })
  t.is(code, 0, stderr)
  const made = Object.fromEntries(
    server
      .query<{ email: string; username: string }>('SELECT email, username FROM users')
      .map(({ email, username }) => [email, username]),
  )
  t.is(made['x@example.com'], 'erin')
  t.regex(made['dave@elsewhere.example'] ?? '', /^dave-\d{4}$/)
  t.regex(made['erin@example.com'] ?? '', /^erin-\d{4}$/)
  t.regex(made['erin@elsewhere.example'] ?? '', /^erin-\d{4}$/)
  t.regex(made['admin@example.com'] ?? '', /^admin-\d{4}$/)
  t.regex(made['...@example.com'] ?? '', /^guest-[0-9a-f]{12}$/)
  t.not(made['erin@example.com'], made['erin@elsewhere.example'])
})

test('with names made of nothing, nothing of a person shows in them', async (t) => {
  const server = await start(t)
  const args = ['--usernames-from', 'nothing']
  const { code, stderr } = await importFile(t, server.file, 'email,displayName\nalice@example.com,Alice\n', { args })
  t.is(code, 0, stderr)
  t.regex(String(server.query('SELECT username FROM users')[0]?.username), /^guest-[0-9a-f]{12}$/)
})

test('who is banned, deleted or anonymous there is refused, in the names of that system’s columns', async (t) => {
  const server = await start(t)
  const supabase = `email,encrypted_password,raw_user_meta_data,banned_until,deleted_at,is_anonymous,created_at
a@example.com,,"{""username"":""aaa""}",2100-01-01 00:00:00+00,,f,
b@example.com,,"{""username"":""bbb""}",,2024-01-01 00:00:00+00,f,
c@example.com,,"{""username"":""ccc""}",,,t,
d@example.com,secure-password,"{""username"":""ddd"",""name"":""\u202e""}",,,f,yesterday
`
  const ended = await importFile(t, server.file, supabase, { args: ['--from', 'supabase'] })
  assertFailure(t, ended, /4 lines must be mended first/)
  for (const line of [
    /^line 2, banned_until: Is banned there: leave the row out$/m,
    /^line 3, deleted_at: Is deleted there: leave the row out$/m,
    /^line 4, is_anonymous: Is nobody there: leave the row out$/m,
    /^line 5, encrypted_password: Must be a hash of bcrypt, Argon2 or better-auth/m,
    /^line 5, created_at: Must be a time like/m,
    /^line 5, raw_user_meta_data\.name: Must/m,
  ]) {
    t.regex(ended.stderr, line)
  }
  t.notRegex(ended.stderr, /secure-password/)
  const banned = JSON.stringify({ email: 'a@example.com', username: 'aaa', password: null, banned: true })
  const other = await importFile(t, server.file, banned, { name: 'a.jsonl', args: ['--from', 'better-auth'] })
  assertFailure(t, other, /^line 1, banned: Is banned there/m)
  t.deepEqual(listPeople(server), [])
})

test('a file that another system did not write is refused at its header, and one without usernames unless they are made', async (t) => {
  const server = await start(t)
  const content = 'email,name\nalice@example.com,Alice\n'
  for (const [from, lacks] of [
    ['pocketbase', 'password or passwordHash, username'],
    ['supabase', 'encrypted_password, raw_user_meta_data'],
    ['better-auth', 'password, username'],
  ] as const) {
    const ended = await importFile(t, server.file, content, { args: ['--from', from] })
    assertFailure(t, ended, new RegExp(`^line 1: The header lacks: ${lacks}$`, 'm'))
  }
  const unknown = await importFile(t, server.file, content, { args: ['--from', 'firebase'] })
  assertFailure(t, unknown, /Allowed choices are plain, pocketbase, supabase, better-auth/)
  t.deepEqual(listPeople(server), [])
})
