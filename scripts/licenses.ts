// Prints the licences of what others made and this tool carries: guestlist licenses
import { getAsset, isSea } from 'node:sea'
import { installedNotices } from './binary/installed-notices.ts'
import { licensesAsset, type Notice, noticesAsText } from './binary/notices.ts'
import { command } from './cli/command.ts'
import { printJson } from './cli/output.ts'

export const showLicenses = () =>
  command({
    name: 'licenses',
    summary: 'Print the licences of what others made and this tool carries',
    examples: [
      ['licenses | less', 'to read'],
      ['licenses --json', 'for a program: {name, version, license, source, text}'],
    ],
  })
    .option('--json', 'print JSON')
    .action(({ json }) => {
      const notices: Notice[] = isSea() ? JSON.parse(getAsset(licensesAsset, 'utf8')) : installedNotices()
      if (json) printJson(notices)
      else console.log(noticesAsText(notices))
    })
