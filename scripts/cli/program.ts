import { Command, CommanderError } from '@commander-js/extra-typings'
import type { Command as PlainCommand } from 'commander'
import { exitOnStartupError } from '../../server/process.ts'
import { version } from '../../server/version.ts'
import { exportAudit } from '../audit/export.ts'
import { listAudit } from '../audit/list.ts'
import { verifyAudit } from '../audit/verify.ts'
import { backup } from '../backup.ts'
import { createBot } from '../bots/create.ts'
import { listBots } from '../bots/list.ts'
import { revokeBot } from '../bots/revoke.ts'
import { rotateBot } from '../bots/rotate.ts'
import { printCompletions } from '../complete.ts'
import { dev } from '../dev.ts'
import { doctor } from '../doctor.ts'
import { importPeople } from '../import.ts'
import { listInvites } from '../invites/list.ts'
import { mintInvites } from '../invites/mint.ts'
import { revokeInvite } from '../invites/revoke.ts'
import { showInvite } from '../invites/show.ts'
import { listKeys } from '../keys/list.ts'
import { rotateKey } from '../keys/rotate.ts'
import { unwrapKeys } from '../keys/unwrap.ts'
import { showLicenses } from '../licenses.ts'
import { restore } from '../restore.ts'
import { serve } from '../serve.ts'
import { deleteUser } from '../users/delete.ts'
import { disableUser } from '../users/disable.ts'
import { enableUser } from '../users/enable.ts'
import { endSessions } from '../users/end-sessions.ts'
import { listUsers } from '../users/list.ts'
import { resetPassword } from '../users/reset-password.ts'
import { showUser } from '../users/show.ts'
import { unlockUser } from '../users/unlock.ts'
import { showVersion } from '../version.ts'
import { group, quiet } from './command.ts'
import { suggest } from './completions.ts'

const exitCodes = `
Exit codes: 0 done · 1 not done, or a check found something wrong; a line on standard error says what ·
75 another program holds the data file: nothing was done, try again.

Settings come from the environment, like DATABASE_URL; standard output carries the answer and nothing else.`

/** Every command of the tool, in the order of the help. */
export function buildProgram(): Command {
  const program = quiet(new Command('guestlist'))
    .description('An auth server for communities that people enter by invitation.')
    .version(version, '-V, --version', 'show the version')
    .addHelpText('after', exitCodes)
  const commands = [
    serve(),
    dev(),
    group('invites', 'Invite codes', [mintInvites(), listInvites(), showInvite(), revokeInvite()]),
    group('users', 'People and their accounts', [
      listUsers(),
      showUser(),
      disableUser(),
      enableUser(),
      endSessions(),
      resetPassword(),
      unlockUser(),
      deleteUser(),
    ]),
    group('bots', 'Bots and their tokens', [createBot(), listBots(), rotateBot(), revokeBot()]),
    group('keys', 'The keys that sign tokens', [listKeys(), rotateKey(), unwrapKeys()]),
    group('audit', 'The record of what happened', [listAudit(), verifyAudit(), exportAudit()]),
    backup(),
    restore(),
    importPeople(),
    doctor(),
    showVersion(),
    showLicenses(),
  ]
  for (const each of commands) program.addCommand(each as Command)
  program.addCommand(printCompletions())
  program.addCommand(suggest(program as unknown as PlainCommand), { hidden: true })
  return program
}

/** Runs the command that the arguments name; whatever is wrong is one line on standard error and exit 1. */
export async function runProgram(args: readonly string[]): Promise<void> {
  process.stdout.on('error', exitOnOutputError)
  try {
    await buildProgram().parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) exitOnStartupError(error)
    process.exitCode = error.exitCode
  }
}

/** What a shell reports of a program that SIGPIPE ended: 128 and the signal's number. */
const closedPipeExitCode = 141

/** Whoever reads our output may close it early, as `head` does: nothing to say. Any other fault may have cost something. */
function exitOnOutputError({ code }: NodeJS.ErrnoException): never {
  if (code === 'EPIPE') process.exit(closedPipeExitCode)
  console.error(
    `guestlist: standard output cannot be written (${code}): what the command changed is changed all the same`,
  )
  process.exit(1)
}
