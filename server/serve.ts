import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StartupError } from '../db/startup-error.ts'
import { type AuthServer, createAuthServer, type Overrides } from './auth-server.ts'
import type { Config } from './config.ts'
import { createHttpServer, drain } from './http/http-server.ts'

export interface RunningServer {
  /** Where this machine reaches it, like http://127.0.0.1:3000. */
  readonly address: string
  readonly authServer: AuthServer
  /** Answers what is under way, writes what is only in memory, closes the data file. Safe to call twice. */
  stop(): Promise<void>
}

/** Opens the data file, listens, and says so in the log; throws `StartupError` for what the operator can mend. */
export async function serve(config: Config, overrides: Overrides = {}): Promise<RunningServer> {
  const authServer = await createAuthServer(config, overrides)
  const { log, newId } = authServer.deps
  const server = createHttpServer(authServer.app, newId)
  try {
    await listen(server, config)
  } catch (error) {
    await authServer.close()
    throw error
  }
  const address = addressOf(server, config.host)
  if (!config.rateLimits) log.warn('RATE_LIMITS=off: nothing slows down guessing from one address; for tests only')
  log.info({ address, publicUrl: config.publicUrl }, `ready on ${address}`)
  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    authServer.startDraining()
    await drain(server)
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

async function listen(server: Server, { host, port }: Config): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  } catch (error) {
    throw new StartupError(explainListenError((error as NodeJS.ErrnoException).code, host, port))
  }
}

function explainListenError(code: string | undefined, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `port ${port} on ${host} is in use: stop the other program, or set PORT to another`
  if (code === 'EACCES') return `port ${port} may not be opened by this user: set PORT to one above 1023`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${host} is no address of this machine: change HOST`
  return `cannot listen on ${host}, port ${port} (${code ?? 'unknown error'})`
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}
