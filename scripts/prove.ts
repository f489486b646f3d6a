// Shows on this machine that the server keeps its promises: npm run prove [-- --only NAME] [-- --json]
import { join } from 'node:path'
import { clearLine, cursorTo } from 'node:readline'
import { parseArgs } from 'node:util'
import { StartupError } from '../db/startup-error.ts'
import { exitOnStartupError } from '../server/process.ts'
import { version } from '../server/version.ts'
import { printJson } from './cli/output.ts'
import type { Proof } from './prove/proof.ts'
import { proofs } from './prove/proofs.ts'
import { describeTotal, describeVerdict, toJson } from './prove/report.ts'
import { runProofs } from './prove/run-proofs.ts'
import { Trial } from './prove/trial.ts'

const startedAt = performance.now()

try {
  const { only, json, help } = parseOptions()
  const chosen = choose(only)
  if (help) console.log(describeUse())
  else await prove(chosen, json)
} catch (error) {
  exitOnStartupError(error)
}

async function prove(chosen: readonly Proof[], json: boolean): Promise<void> {
  const trial = new Trial(join(import.meta.dirname, '..'))
  process.on('exit', () => trial.end())
  // A closed terminal (SIGHUP) too: servers and data files are to go.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))
  const say = (text: string): void => {
    if (!json) console.log(text)
  }
  say(`Guestlist ${version}, started as by npm start, on temporary data files and free ports of this machine.`)
  say('RATE_LIMITS=off, as all requests come from one address, and LOG_LEVEL=trace; all else is as it comes.\n')
  const verdicts = await runProofs(chosen, trial, {
    onBegin: ({ promise }) => showProgress(promise),
    onVerdict: (verdict) => {
      hideProgress()
      say(describeVerdict(verdict))
    },
  })
  if (json) printJson(verdicts.map(toJson))
  say(`\n${describeTotal(verdicts, trial, (performance.now() - startedAt) / 1000)}`)
  process.exitCode = verdicts.every(({ isKept }) => isKept) ? 0 : 1
}

function parseOptions(): { only: string[]; json: boolean; help: boolean } {
  try {
    const only = { type: 'string', multiple: true, default: [] as string[] } as const
    const flag = { type: 'boolean', default: false } as const
    return parseArgs({ options: { only, json: flag, help: flag } }).values
  } catch (error) {
    throw new StartupError((error as Error).message)
  }
}

function choose(names: readonly string[]): readonly Proof[] {
  const known = proofs.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new StartupError(`--only must be one of ${known.join(', ')}, not ${unknown}`)
  return names.length === 0 ? proofs : proofs.filter(({ name }) => names.includes(name))
}

function describeUse(): string {
  const width = Math.max(...proofs.map(({ name }) => name.length))
  return [
    'Usage: npm run prove [-- --only NAME …] [-- --json]',
    '',
    'Tries the promises of the server on this machine, a line each; exits with 1 where one is not kept.',
    '',
    ...proofs.map(({ name, promise }) => `  ${name.padEnd(width)}  ${promise}`),
  ].join('\n')
}

function showProgress(promise: string): void {
  if (process.stderr.isTTY) process.stderr.write(`…       ${promise}`.slice(0, process.stderr.columns - 1))
}

function hideProgress(): void {
  if (!process.stderr.isTTY) return
  clearLine(process.stderr, 0)
  cursorTo(process.stderr, 0)
}
