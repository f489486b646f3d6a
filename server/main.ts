import { parseConfig } from './config.ts'
import { describeDataFile, describeFirstStart } from './first-start.ts'
import { exitOnStartupError, stopOnSignals } from './process.ts'
import { serve } from './serve.ts'

try {
  const server = await serve(parseConfig(process.env))
  stopOnSignals(server.stop)
  const { deps } = server.authServer
  const firstStart = await describeFirstStart(deps, server.address)
  console.log(`\n${await describeDataFile(deps)}\n${firstStart === undefined ? '' : `\n${firstStart}\n`}`)
} catch (error) {
  exitOnStartupError(error)
}
