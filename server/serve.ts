import { type AuthServer, createAuthServer, type Overrides } from './auth-server.ts'
import { prepareBackupFolder } from './backups/backup-folder.ts'
import { BackupSchedule } from './backups/backup-schedule.ts'
import type { Config } from './config.ts'
import { boundConnections } from './http/connection-room.ts'
import { createHttpServer, drain } from './http/http-server.ts'
import { listen } from './http/listening.ts'
import { collectGarbage } from './machine/collect-garbage.ts'
import { readConnectionBound } from './machine/connection-bound.ts'
import { type MetricsServer, startMetricsServer } from './metrics/metrics-server.ts'
import { prepareEstimate } from './passwords/guess-estimate.ts'
import { findRiskySettings } from './risky-settings.ts'

const settings = { host: 'HOST', port: 'PORT' }

export interface RunningServer {
  /** Where this machine reaches it, like http://127.0.0.1:3000. */
  readonly address: string
  readonly authServer: AuthServer
  /** Answers what is under way, writes what is only in memory, closes the data file. Safe to call twice. */
  stop(): Promise<void>
}

/** Opens the data file, listens, and says so in the log; throws `StartupError` for what the operator can mend. */
export async function serve(config: Config, overrides: Overrides = {}): Promise<RunningServer> {
  // First of all: who asks for backups does not want a server without them.
  if (config.backupEveryMs !== undefined) prepareBackupFolder(config.backupFolder, config.databaseFile)
  // Before it is asked how much memory is left, and before anybody can have used up the descriptors that this takes.
  await prepareEstimate()
  const authServer = await createAuthServer(config, overrides)
  const { connections, log, newId } = authServer.deps
  const server = createHttpServer(authServer.app, newId, connections)
  let address: string
  let metrics: MetricsServer | undefined
  try {
    metrics = await startMetricsServer(authServer.deps)
    // With all open that is open from the start.
    const bound = readConnectionBound(authServer.deps.hashing.mostRunning)
    if (bound !== undefined) boundConnections(server, bound)
    address = await listen(server, { ...config, settings })
  } catch (error) {
    metrics?.close()
    await authServer.close()
    throw error
  }
  // What was read for loading is not used again: some ten megabytes.
  collectGarbage()
  const backups = new BackupSchedule(authServer.deps)
  backups.start()
  for (const { name, risk } of findRiskySettings(config))
    log.warn({ event: 'setting.risky', setting: name }, `${name}: ${risk}`)
  log.info({ address, publicUrl: config.publicUrl }, `ready on ${address}`)
  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    authServer.startDraining()
    await Promise.all([drain(server), backups.stop()])
    metrics?.close()
    await authServer.close()
    log.info('stopped')
  }
  return {
    address,
    authServer,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}
