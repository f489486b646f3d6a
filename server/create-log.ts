import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'
import { LogOutput } from './log-output.ts'
import { atExit, standardOutput } from './process.ts'

export interface Log {
  readonly log: Logger
  readonly droppedLines: () => number
}

/** The log of the server on standard output, which can neither stop nor hold up the server. */
export function createLog({ logLevel }: Pick<Config, 'logLevel'>, now: () => number): Log {
  const output = new LogOutput(standardOutput(), now)
  atExit(() => output.finish())
  const formatters = { level: (level: string) => ({ level }) }
  const options = { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters }
  return { log: pino(options, output), droppedLines: () => output.dropped }
}
