import { execFileSync } from 'node:child_process'
import test from 'ava'
import { ownCommand } from '../../server/process.ts'
import { version } from '../../server/version.ts'
import { temporaryFolder } from '../helpers/start-server.ts'

test('the tool knows the command that starts it again, from any folder', (t) => {
  const [command, args] = ownCommand()
  const printed = execFileSync(command, [...args, 'version', '--json'], { cwd: temporaryFolder(t), encoding: 'utf8' })
  t.like(JSON.parse(printed), { guestlist: version, binary: false })
})
