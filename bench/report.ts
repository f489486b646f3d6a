import { writeFileSync } from 'node:fs'
import type { Contender } from './contenders/contenders.ts'
import { median, quantile } from './statistics.ts'
import type { LoadResult } from './wrk.ts'

/** One window of each contender, by name. */
export type Cycle = Map<string, LoadResult & Readonly<Record<'cpu' | 'resident', number>>>

interface Run {
  readonly cycles: readonly Cycle[]
  readonly contenders: readonly Contender[]
  /** Megabytes before any load. */
  readonly idle: ReadonlyMap<string, number>
  readonly people: number
  readonly seconds: number
  readonly machine: string
}

const begin = '<!-- written by npm run bench: begin -->'
const end = '<!-- written by npm run bench: end -->'

/** Replaces the measured part of the page, and leaves what people wrote around it. */
export function writeReport(file: string, run: Run, page: string): void {
  const [before] = page.split(begin)
  const after = page.split(end)[1] ?? '\n'
  writeFileSync(file, `${before}${begin}\n\n${describeRun(run)}\n${end}${after}`)
}

function describeRun({ cycles, contenders, idle, people, seconds, machine }: Run): string {
  const of = (name: string, what: keyof NonNullable<ReturnType<Cycle['get']>>): number[] =>
    cycles.map((cycle) => cycle.get(name)?.[what] ?? Number.NaN)
  const rows = contenders.map(({ name }) => {
    const ratios = cycles.map((cycle) => (cycle.get('Guestlist')?.perSecond ?? 0) / (cycle.get(name)?.perSecond ?? 1))
    const ratio = `${median(ratios).toFixed(2)} (${quantile(ratios, 0.25).toFixed(2)} to ${quantile(ratios, 0.75).toFixed(2)})`
    const cells = [
      name,
      Math.round(median(of(name, 'perSecond'))).toLocaleString('en'),
      ratio,
      median(of(name, 'cpu')).toFixed(1),
      median(of(name, 'p50')).toFixed(2),
      median(of(name, 'p99')).toFixed(2),
      `${Math.round(idle.get(name) ?? 0)} / ${Math.round(median(of(name, 'resident')))}`,
      of(name, 'errors').reduce((sum, each) => sum + each, 0),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine}. ${cycles.length} cycles of windows of ${seconds} s, all servers alive at once
on one core, wrk with 32 connections on the other; medians of the cycles, ratios with their quartiles. ${people.toLocaleString('en')} people are signed in.

| who is signed in | a second | Guestlist is × as fast | CPU µs a request | p50 ms | p99 ms | MB idle / then | errors |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

${contenders.map(({ name, settings }) => `- ${name}: ${settings}`).join('\n')}
`
}
