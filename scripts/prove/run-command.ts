import { join } from 'node:path'
import { clearLine, cursorTo } from 'node:readline'
import { parseArgs } from 'node:util'
import { StartupError } from '../../db/startup-error.ts'
import { exitOnStartupError } from '../../server/process.ts'
import { version } from '../../server/version.ts'
import { printJson } from '../cli/output.ts'
import type { Proof } from './proof.ts'
import { describeTotal, describeVerdict, toJson } from './report.ts'
import { runProofs } from './run-proofs.ts'
import { Trial } from './trial.ts'

interface ProofCommand {
  /** As in `npm run NAME`. */
  readonly name: string
  /** What `--help` says of it. */
  readonly summary: string
  /** Which settings the servers have that differ from the usual ones, as a sentence. */
  readonly conditions: string
  readonly proofs: readonly Proof[]
  /** What is counted at the end, like "promises kept". */
  readonly counted: string
}

/** Runs a command that tries things on real servers and says what came of it, a line each. */
export async function runProofCommand(command: ProofCommand): Promise<void> {
  const startedAt = performance.now()
  try {
    const { only, json, help } = parseOptions()
    const chosen = choose(command.proofs, only)
    if (help) console.log(describeUse(command))
    else await tryAll(command, { chosen, json, startedAt })
  } catch (error) {
    exitOnStartupError(error)
  }
}

interface Run {
  readonly chosen: readonly Proof[]
  readonly json: boolean
  readonly startedAt: number
}

async function tryAll({ conditions, counted }: ProofCommand, { chosen, json, startedAt }: Run): Promise<void> {
  const trial = new Trial(join(import.meta.dirname, '..', '..'))
  process.on('exit', () => trial.end())
  // A closed terminal (SIGHUP) too: servers and data files are to go.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))
  const say = (text: string): void => {
    if (!json) console.log(text)
  }
  say(`Guestlist ${version}, started as by npm start, on temporary data files and free ports of this machine.`)
  say(`${conditions}\n`)
  const verdicts = await runProofs(chosen, trial, {
    onBegin: ({ promise }) => showProgress(promise),
    onVerdict: (verdict) => {
      hideProgress()
      say(describeVerdict(verdict))
    },
  })
  if (json) printJson(verdicts.map(toJson))
  say(`\n${describeTotal(verdicts, { trial, counted, seconds: (performance.now() - startedAt) / 1000 })}`)
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

function choose(proofs: readonly Proof[], names: readonly string[]): readonly Proof[] {
  const known = proofs.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new StartupError(`--only must be one of ${known.join(', ')}, not ${unknown}`)
  return names.length === 0 ? proofs : proofs.filter(({ name }) => names.includes(name))
}

function describeUse({ name, summary, proofs }: ProofCommand): string {
  const width = Math.max(...proofs.map((proof) => proof.name.length))
  return [
    `Usage: npm run ${name} [-- --only NAME …] [-- --json]`,
    '',
    summary,
    '',
    ...proofs.map((proof) => `  ${proof.name.padEnd(width)}  ${proof.promise}`),
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
