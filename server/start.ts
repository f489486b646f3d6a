import { type Environment, parseConfig } from './config.ts'
import { describeDataFile, describeFirstStart } from './first-start.ts'
import { endBrokenServer, keepWithoutOutput, logWhatNodeSays, stopOnSignals } from './process.ts'
import { drawQrCode } from './qr-code.ts'
import { serve } from './serve.ts'
import { version } from './version.ts'

interface Reader {
  /** How wide the terminal is where a person reads; undefined where none does. */
  readonly columns: number | undefined
  /** The command that mints more codes, as it was started. */
  readonly mintCommand: string
}

/** The main job: the server with these settings, until a signal ends it; prints what the operator needs first. */
export async function start(environment: Environment, { columns, mintCommand }: Reader): Promise<void> {
  keepWithoutOutput()
  const starting = serve(parseConfig(environment))
  // Before it says that it is ready: whoever hears that may already want it to stop.
  stopOnSignals(async () => await (await starting).stop())
  const server = await starting
  void server.authServer.broken.then(async () => await endBrokenServer(server.stop))
  const { address } = server
  const { deps } = server.authServer
  const { publicUrl } = deps.config
  logWhatNodeSays(deps.log)
  const draw = (text: string) => (columns === undefined ? undefined : drawQrCode(text, columns))
  const firstStart = await describeFirstStart(deps, { address, mintCommand, draw })
  const lines = [
    '',
    `Guestlist ${version}`,
    `Address:   ${address}${publicUrl === address ? '' : ` (known as ${publicUrl})`}`,
    await describeDataFile(deps),
    ...(firstStart === undefined ? [] : ['', firstStart, '']),
  ]
  console.log(lines.join('\n'))
}
