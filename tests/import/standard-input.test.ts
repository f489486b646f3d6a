import { once } from 'node:events'
import test from 'ava'
import { assertFailure } from '../helpers/commands.ts'
import { connectBeside, makeDataFile } from '../helpers/data-files.ts'
import { startScript } from '../helpers/processes.ts'

test('people come through standard input, in the format that is named', async (t) => {
  const file = await makeDataFile(t)
  const args = ['import', '-', '--format', 'jsonl', '--json']
  const { child, ended } = startScript(t, 'scripts/guestlist.ts', args, { DATABASE_URL: `file:${file}` })
  child.stdin?.end('{"email":"alice@example.com","username":"alice"}\n')
  const { code, stdout, stderr } = await ended
  t.is(code, 0, stderr)
  t.deepEqual(JSON.parse(stdout), { imported: 1, refused: [] })
  t.deepEqual(connectBeside(t, file).prepare('SELECT username FROM users').pluck().all(), ['alice'])
})

test('a line without an end is refused, and not read to its end', async (t) => {
  const file = await makeDataFile(t)
  for (const format of ['csv', 'jsonl']) {
    const args = ['import', '-', '--format', format]
    const { child, ended } = startScript(t, 'scripts/guestlist.ts', args, { DATABASE_URL: `file:${file}` })
    const { stdin } = child
    if (stdin === null) throw new Error('standard input is a pipe')
    stdin.on('error', () => {})
    const piece = Buffer.alloc(65_536, 'a')
    let written = 0
    while (child.exitCode === null && stdin.writable) {
      written += piece.length
      if (!stdin.write(piece)) await Promise.race([once(stdin, 'drain').catch(() => {}), ended])
    }
    assertFailure(t, await ended, /^line 1: Is longer than 64 KiB, so nothing from here on was read$/m)
    t.true(written < 10_000_000, `${format}: ${written}`)
  }
})
