import { Readable } from 'node:stream'
import test from 'ava'
import { type ImportFormat, readRows } from '../../server/import/read-rows.ts'
import { plainReading } from '../helpers/import-files.ts'

/** What is read, whichever pieces the file comes in. */
async function read(content: string | Buffer, format: ImportFormat, pieceSize = 65_536): Promise<unknown[]> {
  const bytes = Buffer.from(content)
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceSize) }, (_, index) =>
    bytes.subarray(index * pieceSize, (index + 1) * pieceSize),
  )
  return await Readable.from(readRows(Readable.from(pieces), format, plainReading)).toArray()
}

const alice = { email: 'alice@example.com', username: 'alice' }

test('CSV: a byte-order mark, CRLF, quotes, empty fields and empty lines, in pieces of any size', async (t) => {
  const content =
    '\uFEFFusername,email,displayName\r\n' +
    'alice,alice@example.com,"Alice, ""the"" first"\r\n' +
    '\r\n' +
    'bob,bob@example.com,\r\n' +
    '"zoë","zoe@example.com","Zoë 🎉"'
  const expected = [
    { line: 2, fields: { ...alice, displayName: 'Alice, "the" first' } },
    { line: 4, fields: { username: 'bob', email: 'bob@example.com' } },
    { line: 5, fields: { username: 'zoë', email: 'zoe@example.com', displayName: 'Zoë 🎉' } },
  ]
  for (const pieceSize of [1, 2, 3, 7, 65_536]) t.deepEqual(await read(content, 'csv', pieceSize), expected)
  t.deepEqual(await read(content.replaceAll('\r\n', '\n'), 'csv'), expected)
  t.deepEqual(await read(content.replaceAll('\r\n\r\n', '\n\r\n'), 'csv'), expected, 'both line ends in one file')
})

test('CSV: a line number is that of the line where the row begins, also after fields of several lines', async (t) => {
  for (const end of ['\n', '\r\n']) {
    const content = ['email,username,displayName', 'a,b,"one', 'two', '', 'four"', '', '"c', 'd",e,f', 'g,h'].join(end)
    const rows = (await read(content, 'csv')) as { line: number }[]
    t.deepEqual(
      rows.map(({ line }) => line),
      [2, 7, 9],
    )
    t.deepEqual(rows.at(-1), { line: 9, path: '', message: 'Has 2 fields, and the header has 3 columns' } as never)
  }
})

const unreadable: readonly (readonly [content: string | Buffer, line: number, message: RegExp])[] = [
  ['', 1, /^There is no header row$/],
  ['email,username,Phone,age\n', 1, /^Unknown columns: "Phone", "age"; columns are email, username, /],
  ['email,username,email\n', 1, /^The column email is there twice$/],
  ['\n\ndisplayName,email\n', 3, /^The header lacks: username$/],
  ['email;username\n', 1, /^Unknown columns: "email;username"/],
  ['email,username\na,b\n"c,d\n', 3, /^A quote is opened and never closed/],
  ['email,username\na,b\n"c"c,d\ne,f\n', 3, /^After a closing quote/],
  ['email,username\na,b\nc,d"e\n', 3, /^A quote stands inside a field/],
  [`email,username\n"${'c\n'.repeat(40_000)}`, 2, /^Is longer than 64 KiB: is a quote opened and never closed\?/],
  [`email,username\n${','.repeat(70_000)}\n`, 2, /^Is longer than 64 KiB, so nothing from here on was read$/],
  [Buffer.from('email,username\nzo\xeb@example.com,zoe\n', 'latin1'), 2, /^Is not UTF-8/],
  [Buffer.from('\uFEFFemail,username\n', 'utf16le'), 1, /^Is not UTF-8/],
]

test('CSV: where a file stops being readable is told with its line, and the rows before it are kept', async (t) => {
  for (const [content, line, message] of unreadable) {
    for (const pieceSize of [1000, 65_536]) {
      const last = (await read(content, 'csv', pieceSize)).at(-1) as Record<string, unknown>
      t.like(last, { line, path: '' }, JSON.stringify(last))
      t.regex(String(last.message), message)
    }
  }
  t.deepEqual((await read('email,username\na,b\n"c"c,d\n', 'csv'))[0], {
    line: 2,
    fields: { email: 'a', username: 'b' },
  })
})

test('JSON lines: an object a line; a line that is none is refused alone', async (t) => {
  const content = `\uFEFF${JSON.stringify(alice)}\r\n\n  \n["alice"]\nnull\n{"email": "a\n${JSON.stringify(alice)}`
  const refusal = (line: number) => ({ line, path: '', message: 'Is not a JSON object' })
  const rows = [{ line: 1, fields: alice }, refusal(4), refusal(5), refusal(6), { line: 7, fields: alice }]
  for (const pieceSize of [1, 5, 65_536]) t.deepEqual(await read(content, 'jsonl', pieceSize), rows)
  const broken = await read(Buffer.from('{}\n{"username":"zo\xeb"}\n{}', 'latin1'), 'jsonl', 1)
  t.like(broken, [{ line: 1 }, { line: 2, path: '' }] as never)
  t.is(broken.length, 2, 'nothing after it is read')
})
