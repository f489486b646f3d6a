// Puts a backup in the place of the data file, while no server runs: guestlist restore FILE
import { resolve } from 'node:path'
import { createAmbience } from '../server/ambience.ts'
import { type Restored, type RestoreStep, restoreBackup } from '../server/backups/restore-backup.ts'
import { parseConfig } from '../server/config.ts'
import { command } from './cli/command.ts'
import { printFields, printJson, toIso } from './cli/output.ts'

export const restore = () =>
  command({
    name: 'restore',
    summary: 'Put a backup in the place of the data file, while no server runs',
    details:
      'It does not ask, because it keeps the file that it replaces, and says where. The backup is checked whole, and ' +
      'brought up to date. Everybody signs in anew: all sessions end, and the signing key is a new one. Codes for ' +
      'passwords are deleted, and invites that still have uses are revoked, because they may have been used since.',
    examples: [
      ['restore backups/guestlist-20261125T094500Z.db', 'go back to that backup'],
      ['restore copy.db --keep-invites', 'invites go on working'],
    ],
  })
    .argument('<file>', 'a backup, or the data file of a server that has stopped', (text) => resolve(text))
    .option('--keep-invites', 'leave the invites as they were then')
    .option('--json', 'print {file, kept, madeAt, users, …} and nothing else')
    .action(async (file, { keepInvites = false, json }) => {
      const deps = { ...createAmbience(), config: parseConfig(process.env) }
      const onStep = process.stderr.isTTY ? tellStep : undefined
      const restored = await restoreBackup(deps, file, { keepInvites, onStep })
      if (json) return printJson(toJson(restored))
      printFields({
        file: restored.file,
        made: toIso(restored.madeAt),
        users: restored.users,
        replaced: restored.kept === undefined ? 'there was none' : `kept as ${restored.kept}`,
        sessions: `${restored.sessionsEnded} ended, everybody signs in anew`,
        invites: keepInvites ? 'as they were' : `${restored.invitesRevoked} revoked`,
        schema: restored.migratedFrom === undefined ? 'current' : `brought up to date from ${restored.migratedFrom}`,
      })
    })

const toJson = (restored: Restored) => ({
  file: restored.file,
  kept: restored.kept ?? null,
  madeAt: toIso(restored.madeAt),
  users: restored.users,
  sessionsEnded: restored.sessionsEnded,
  invitesRevoked: restored.invitesRevoked,
  resetCodesDeleted: restored.resetCodesDeleted,
  migratedFrom: restored.migratedFrom ?? null,
})

const tellStep = (step: RestoreStep): void => console.error(`… ${step}`)
