// Looks whether settings and data file are as they should be, without changing anything: guestlist doctor
import { styleText } from 'node:util'
import { type Report, runChecks } from '../server/doctor/run-checks.ts'
import { Setup } from '../server/doctor/setup.ts'
import { readMemoryRoom } from '../server/machine/memory-room.ts'
import { command } from './cli/command.ts'
import { printJson, readable } from './cli/output.ts'

const colours = { ok: 'green', warning: 'yellow', error: 'red', skipped: 'dim' } as const

export const doctor = () =>
  command({
    name: 'doctor',
    summary: 'Look whether settings and data file are as they should be',
    details:
      'It changes nothing, and works while the server runs. It asks providers of OpenID Connect what they tell of ' +
      'themselves. Errors make it fail, warnings do not.',
    examples: [
      ['doctor', 'a line for each check, with what to do'],
      ['doctor --json', 'for a program'],
    ],
  })
    .option('--json', 'print an array of {check, status, message, action} and nothing else')
    .action(async ({ json }) => {
      const setup = new Setup({
        environment: process.env,
        now: Date.now,
        userId: process.geteuid?.(),
        freeMemory: readMemoryRoom(),
      })
      try {
        const reports = await runChecks(setup)
        if (json) printJson(reports)
        else for (const report of reports) console.log(toLine(report))
        const errors = reports.filter(({ status }) => status === 'error').length
        if (errors === 0) return
        console.error(`guestlist: ${errors} ${errors === 1 ? 'thing is' : 'things are'} wrong`)
        process.exitCode = 1
      } finally {
        await setup.close()
      }
    })

function toLine({ check, status, message, action }: Report): string {
  const text = action === undefined ? message : `${message}; ${action}`
  return `${styleText(colours[status], status.padEnd(7))}  ${check.padEnd(11)}  ${readable(text)}`
}
