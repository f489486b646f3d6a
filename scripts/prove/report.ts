import { styleText } from 'node:util'
import { readable } from '../cli/output.ts'
import type { Verdict } from './run-proofs.ts'
import type { Trial } from './trial.ts'

/** More would hide the first, which most often is the cause of the others. */
const mostProblems = 5

/** A line for the promise; where it was not kept, lines below it say what was found. */
export function describeVerdict({ promise, isKept, counts, problems, seconds }: Verdict): string {
  const mark = isKept ? styleText('green', 'ok    ') : styleText('red', 'FAILED')
  const line = `${mark}  ${seconds.toFixed(1).padStart(4)} s  ${promise}: ${describeCounts(counts)}`
  const more = problems.length - mostProblems
  return [
    line,
    ...problems.slice(0, mostProblems).map((problem) => `        ${readable(problem)}`),
    ...(more > 0 ? [`        and ${more} more`] : []),
  ].join('\n')
}

/** `signInsMeanwhile` is "sign-ins meanwhile" to people. */
const describeCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${toWords(name)} ${count.toLocaleString('en')}`)
    .join(', ')

const toWords = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('sign ins', 'sign-ins')

interface Total {
  readonly trial: Trial
  /** Like "promises kept". */
  readonly counted: string
  readonly seconds: number
}

export function describeTotal(verdicts: readonly Verdict[], { trial, counted, seconds }: Total): string {
  const kept = verdicts.filter(({ isKept }) => isKept).length
  const { requests, putOff, starts, kills } = trial.totals
  const again = putOff === 0 ? '' : ` (${putOff} put off as overloaded, and sent again)`
  return (
    `${kept} of ${verdicts.length} ${counted} in ${seconds.toFixed(1)} s: requests ${requests.toLocaleString('en')}${again}, ` +
    `starts of the server ${starts}, kills ${kills}`
  )
}

export const toJson = ({ name, promise, isKept, counts, problems, seconds }: Verdict) => ({
  name,
  promise,
  ok: isKept,
  counts,
  problems,
  seconds,
})
