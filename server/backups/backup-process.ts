import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import type { Config } from '../config.ts'
import { environmentWith, ownCommand } from '../process.ts'
import { withoutSecrets } from '../secret-files.ts'
import { removePartialsOf } from './backup-folder.ts'

export interface BackupProcess {
  /** What it printed; rejects with the line that says why there is no backup. */
  readonly done: Promise<{ readonly file: string; readonly bytes: number; readonly users: number }>
  /** Ends it, and clears away what it had begun. */
  stop(): Promise<void>
}

export type BackupConfig = Pick<
  Config,
  'databaseFile' | 'allowNetworkFileSystem' | 'backupFolder' | 'backupKeep' | 'backupEveryMs'
>

/** Makes a backup in a process of its own: the copy of a large file would stop the event loop. */
export function startBackupProcess(config: BackupConfig): BackupProcess {
  const [command, before] = ownCommand()
  const { backupFolder, backupKeep } = config
  const args = [...before, 'backup', '--json', '--to', backupFolder, '--keep', String(backupKeep)]
  const env = withoutSecrets(
    environmentWith({
      DATABASE_URL: pathToFileURL(config.databaseFile).href,
      ALLOW_NETWORK_FILE_SYSTEM: config.allowNetworkFileSystem ? 'on' : 'off',
    }),
  )
  // Ours may have been deleted since, by an update.
  const cwd = dirname(config.databaseFile)
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  const done = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], stdout, stderr]) => {
      if (code === 0) return JSON.parse(stdout)
      const lastLine = stderr
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^guestlist: /, '')
      throw new Error(lastLine || `the backup ended with ${signal ?? code}`)
    },
  )
  return {
    done,
    stop: async () => {
      child.kill()
      await done.catch(() => {})
      if (child.pid !== undefined) removePartialsOf(backupFolder, child.pid)
    },
  }
}
