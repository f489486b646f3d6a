// A local backend in one command, with three people and their tokens: guestlist dev, or npm run dev
import { command } from './cli/command.ts'

export const dev = () =>
  command({
    name: 'dev',
    summary: 'Run a server for development, with people in it and every call ready to paste',
    details: 'Its data file is temporary, its limits are generous, and it listens on this machine only.',
    examples: [['dev', 'invite ABC123 without limit, alice, bob and a bot with their tokens']],
  }).action(async () => {
    // Only now: no other command needs a whole server.
    const { runDevServer } = await import('./dev-server.ts')
    await runDevServer()
  })
