// Measures how long the one-file program takes until it is ready, and its memory: node bench/starts.ts FILE [ROUNDS]
import { quantile } from './statistics.ts'
import { measureStarts } from './subjects/starts.ts'

const [file = '', rounds = '20'] = process.argv.slice(2)
const { bareNode, first, later, residentSoonAfter } = await measureStarts(file, Number(rounds))
report('node -e 0, to its end', bareNode, 'ms')
report('ready, empty folder and no cache', first, 'ms')
report('ready, second start', later, 'ms')
report('resident 2 s later', residentSoonAfter, 'MB')

function report(what: string, figures: readonly number[], unit: string): void {
  const at = (share: number): string => quantile(figures, share).toFixed(1)
  console.log(`${what.padEnd(34)} median ${at(0.5)} ${unit}, least ${at(0)}, most ${at(1)} (${figures.length} times)`)
}
