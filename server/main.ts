import { exitOnStartupError, terminalColumns } from './process.ts'
import { start } from './start.ts'

await start(process.env, { columns: terminalColumns(), mintCommand: 'npm run seed' }).catch(exitOnStartupError)
