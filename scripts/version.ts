// Tells which version this is, and what it stands on: guestlist version
import { isSea } from 'node:sea'
import { sqliteVersion } from '../db/sqlite-version.ts'
import { version } from '../server/version.ts'
import { command } from './cli/command.ts'
import { printFields, printJson } from './cli/output.ts'

export const showVersion = () =>
  command({
    name: 'version',
    summary: 'Show the versions of Guestlist, Node and SQLite',
    examples: [
      ['version', 'for a person'],
      ['version --json', 'for a program'],
    ],
  })
    .option('--json', 'print JSON')
    .action(({ json }) => {
      const versions = {
        guestlist: version,
        node: process.versions.node,
        sqlite: sqliteVersion(),
        platform: `${process.platform}-${process.arch}`,
      }
      if (json) printJson({ ...versions, binary: isSea() })
      else printFields({ ...versions, binary: isSea() ? 'yes' : 'no' })
    })
