// Copies the data file, also while the server runs, and proves the copy: guestlist backup
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidArgumentError } from '@commander-js/extra-typings'
import { prepareBackupFolder } from '../server/backups/backup-folder.ts'
import { makeBackup } from '../server/backups/make-backup.ts'
import { rotateBackups } from '../server/backups/rotate-backups.ts'
import { parseConfig } from '../server/config.ts'
import { command } from './cli/command.ts'
import { withDataFile } from './cli/data-file.ts'
import { printFields, printJson, toIso } from './cli/output.ts'

export const backup = () =>
  command({
    name: 'backup',
    summary: 'Copy the data file, also while the server runs, and prove the copy',
    details:
      'The copy is opened and checked whole before it gets its name. It holds the signing key and every hash: ' +
      'keep it as secret as the data file.',
    examples: [
      ['backup', 'into BACKUP_DIR, or into the folder backups beside the data file'],
      ['backup --to /mnt/backups --keep 14', 'and delete the oldest beyond 14'],
    ],
  })
    .option('--to <folder>', 'where to; it is made when it is missing', (text) => resolve(text))
    .option('--keep <n>', 'how many backups stay in the folder, the new one among them', parseKeep)
    .option('--json', 'print {file, bytes, sha256, users, audit, provenAt, deleted} and nothing else')
    .action(async ({ to, keep, json }) => {
      const { databaseFile, backupFolder } = parseConfig(process.env)
      const folder = to ?? backupFolder
      // Before the data file is opened, which brings an older one up to date.
      if (existsSync(databaseFile)) prepareBackupFolder(folder, databaseFile)
      await withDataFile(async (file) => {
        const made = await makeBackup(file, folder)
        const deleted = keep === undefined ? [] : rotateBackups(folder, made.file, keep, file.config.databaseFile)
        const { bytes, sha256, users, auditHead, provenAt } = made
        if (json) {
          const audit = auditHead ?? null
          return printJson({ file: made.file, bytes, sha256, users, audit, provenAt: toIso(provenAt), deleted })
        }
        printFields({
          file: made.file,
          bytes,
          sha256,
          users,
          audit: auditHead ? `${auditHead.sequence}:${auditHead.hash}` : null,
          proven: toIso(provenAt),
        })
        for (const each of deleted) console.error(`deleted ${each}`)
      })
    })

function parseKeep(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1.')
  return Number(text)
}
