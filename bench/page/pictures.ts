import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { medianOf, type Results } from '../results.ts'
import { median } from '../statistics.ts'

/** Draws docs/pictures, in a process of its own: what draws belongs to the bench's own packages. */
export function drawPictures(folder: string, { throughput, hashing, growth }: Results): void {
  mkdirSync(folder, { recursive: true })
  const me = [...throughput.me]
  const latency = [...hashing.latency]
  const pictures = [
    {
      file: join(folder, 'throughput.svg'),
      title: 'Who is signed in: requests a second on one core',
      unit: 'requests a second',
      labels: me.map(([name]) => name),
      series: [{ name: '', data: me.map(([, windows]) => medianOf(windows, (each) => each.perSecond)) }],
    },
    {
      file: join(folder, 'latency.svg'),
      title: 'p99 of "who is signed in", alone and while logins saturate',
      unit: 'milliseconds, logarithmic',
      logarithmic: true,
      labels: latency.map(([name]) => name),
      series: [
        { name: 'alone', data: latency.map(([, windows]) => medianOf(windows, (each) => each.idleP99)) },
        { name: 'while logins saturate', data: latency.map(([, windows]) => medianOf(windows, (each) => each.p99)) },
      ],
    },
    {
      file: join(folder, 'growth.svg'),
      kind: 'line',
      title: 'Requests a second by people in the file',
      unit: '',
      labels: growth.map(({ people }) => people.toLocaleString('en')),
      series: [
        { name: 'GET /me', data: growth.map(({ me }) => median(me)) },
        { name: 'GET /users/:id', data: growth.map(({ user }) => median(user)) },
      ],
    },
  ]
  const input = JSON.stringify(pictures)
  execFileSync(process.execPath, [join(import.meta.dirname, 'draw.mjs')], {
    input,
    stdio: ['pipe', 'inherit', 'inherit'],
  })
}
