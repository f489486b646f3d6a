import { exitOnStartupError } from './process.ts'
import { start } from './start.ts'

const reader = { isTerminal: process.stdout.isTTY, mintCommand: 'npm run seed' }

await start(process.env, reader).catch(exitOnStartupError)
