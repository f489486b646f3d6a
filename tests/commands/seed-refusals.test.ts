import { existsSync } from 'node:fs'
import test from 'ava'
import { assertFailure, runCommand } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { startServer } from '../helpers/start-server.ts'

const bad: readonly (readonly [args: readonly string[], reason: RegExp])[] = [
  [['--count', '100001'], /'--count <n>' argument '100001' is invalid. It must be a number from 1 to 100000\./],
  [
    ['--expires', '999999999d'],
    /'--expires <duration>' argument '999999999d' is invalid. It must be like 12h or 7d, or "never"\./,
  ],
  [['--code', 'A-B'], /'--code <code>' argument 'A-B' is invalid. It must have 3 to 64 letters, digits and dashes/],
  [['--code', 'ABC123', '--count', '2'], /--code goes with one code/],
  [['--unknown'], /unknown option '--unknown'/],
]

test('a bad option is refused before anything is made', async (t) => {
  for (const [args, reason] of bad) {
    const file = newDataFile(t)
    assertFailure(t, await runCommand(t, file, ['invites', 'mint', ...args]), reason)
    t.false(existsSync(file), args.join(' '))
  }
})

test('a code that exists, folded, is refused with a line and changes nothing', async (t) => {
  const server = await startServer(t)
  await server.mintInvite(5, { code: 'ABC-10-XYZ' })
  const again = await runCommand(t, server.file, ['invites', 'mint', '--json', '--code', 'abcl0-xyz'])
  assertFailure(t, again, /^guestlist: the code abcl0-xyz exists already \(.*\)\n$/)
  t.deepEqual(server.query('SELECT max_uses FROM invites'), [{ max_uses: 5 }])
})
