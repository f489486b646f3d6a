import { exitOnStartupError } from './process.ts'
import { start } from './start.ts'

const reader = { columns: process.stdout.isTTY ? process.stdout.columns || 80 : undefined, mintCommand: 'npm run seed' }

await start(process.env, reader).catch(exitOnStartupError)
