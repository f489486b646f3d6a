import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { assertFailure } from '../helpers/commands.ts'
import { startScript } from '../helpers/processes.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

test('what cannot be built is refused in a line, and nothing is written', async (t) => {
  const out = join(temporaryFolder(t), 'out')
  for (const [args, reason] of [
    [['--target', 'win32-x64'], /--target must be one of linux-x64, linux-arm64, darwin-arm64 or all, not win32-x64/],
    [['--traget', 'all'], /--traget/],
  ] as const) {
    assertFailure(t, await startScript(t, 'scripts/build-binary.ts', [...args, '--out', out]).ended, reason)
    t.false(existsSync(out))
  }
})
