import type { ExecutionContext } from 'ava'
import { type Report, runChecks } from '../../server/doctor/run-checks.ts'
import { Setup } from '../../server/doctor/setup.ts'
import { backUp } from './backups.ts'
import { runCommand } from './commands.ts'
import type { Settings } from './processes.ts'
import { createClock, startServer, temporaryFolder } from './start-server.ts'

export type { Report }

/** The data file of a server that has been started once, and stopped, with a backup elsewhere. */
export async function healthyDataFile(t: ExecutionContext, madeAt = Date.now()): Promise<string> {
  const server = await startServer(t, { clock: createClock(madeAt) })
  await server.stop()
  await backUp(server.file, temporaryFolder(t))
  return server.file
}

export async function doctorJson(
  t: ExecutionContext,
  file: string,
  settings: Settings = {},
): Promise<{ code: number | null; reports: Report[]; stderr: string }> {
  const { code, stdout, stderr } = await runCommand(t, file, ['doctor', '--json'], settings)
  return { code, reports: JSON.parse(stdout), stderr }
}

/** What else these tests do at the same time is counted with it in one process. */
const timeHash = async (): Promise<number> => 200

/** All checks in this process, without the command. */
export async function runChecksOn(
  file: string,
  settings: Settings = {},
  surroundings: Partial<ConstructorParameters<typeof Setup>[0]> = {},
): Promise<Report[]> {
  const environment = { DATABASE_URL: `file:${file}`, ...settings }
  const setup = new Setup({
    environment,
    now: Date.now,
    userId: process.getuid?.(),
    freeMemory: 2 ** 31,
    timeHash,
    ...surroundings,
  })
  try {
    return await runChecks(setup)
  } finally {
    await setup.close()
  }
}

/** The reports of what is not as it should be. */
export const findingsOf = (reports: readonly Report[]): Report[] =>
  reports.filter(({ status }) => status === 'warning' || status === 'error')
