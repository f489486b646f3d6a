import { type Environment, parseConfig } from './config.ts'
import { describeDataFile, describeFirstStart } from './first-start.ts'
import { stopOnSignals } from './process.ts'
import { serve } from './serve.ts'

/** The main job: the server with these settings, until a signal ends it; prints what the operator needs first. */
export async function start(environment: Environment): Promise<void> {
  const server = await serve(parseConfig(environment))
  stopOnSignals(server.stop)
  const { deps } = server.authServer
  const firstStart = await describeFirstStart(deps, server.address)
  console.log(`\n${await describeDataFile(deps)}\n${firstStart === undefined ? '' : `\n${firstStart}\n`}`)
}
