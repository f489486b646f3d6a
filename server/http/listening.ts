import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StartupError } from '../../db/startup-error.ts'

interface Place {
  readonly host: string
  readonly port: number
  /** The settings that the operator changes when it cannot be had. */
  readonly settings: { readonly host: string; readonly port: string }
}

/** Listens, and gives the address at which this machine reaches the server; throws a line that says what to change. */
export async function listen(server: Server, { host, port, settings }: Place): Promise<string> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StartupError(explainListenError(code, { host, port, settings }))
  }
  return addressOf(server, host)
}

function explainListenError(code: string | undefined, { host, port, settings }: Place): string {
  if (code === 'EADDRINUSE') {
    return `port ${port} on ${host} is in use: stop the other program, or set ${settings.port} to another`
  }
  if (code === 'EACCES') return `port ${port} may not be opened by this user: set ${settings.port} to one above 1023`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `${host} is no address of this machine: change ${settings.host}`
  }
  return `cannot listen on ${host}, port ${port} (${code ?? 'unknown error'})`
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}
