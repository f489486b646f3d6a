// Runs the server: guestlist serve
import { terminalColumns } from '../server/process.ts'
import { command } from './cli/command.ts'

export const serve = () =>
  command({
    name: 'serve',
    summary: 'Run the server until a signal ends it',
    details:
      'On an empty data file it prints a first invite. SIGTERM and SIGINT answer what is under way, then end it.',
    examples: [
      ['serve', 'on http://127.0.0.1:3000, with data/guestlist.db'],
      ['serve', 'with PORT, DATABASE_URL and PUBLIC_URL from the environment'],
    ],
  }).action(async () => {
    // Only now: no other command needs a whole server.
    const { start } = await import('../server/start.ts')
    await start(process.env, { columns: terminalColumns(), mintCommand: 'guestlist invites mint' })
  })
