import { SingleBar } from 'cli-progress'

/** Shorter work is done before a bar can be read. */
const progressFrom = 2000

export interface Progress {
  update(done: number): void
  stop(): void
}

/** A bar on a terminal for long work; nothing where nobody watches, and never on standard output. */
export function startProgress(doing: string, total: number): Progress {
  if (total < progressFrom || !process.stderr.isTTY) return { update: () => {}, stop: () => {} }
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${doing} {bar} {value}/{total}`,
    clearOnComplete: true,
  })
  bar.start(total, 0)
  return { update: (done) => bar.update(done), stop: () => bar.stop() }
}
