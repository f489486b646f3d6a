import { exitOnStartupError } from './process.ts'
import { start } from './start.ts'

await start(process.env).catch(exitOnStartupError)
