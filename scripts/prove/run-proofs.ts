import { Evidence } from './evidence.ts'
import type { Proof } from './proof.ts'
import type { Trial } from './trial.ts'

/** Whether a promise was kept, and what was seen of it. */
export interface Verdict {
  readonly name: string
  readonly promise: string
  readonly isKept: boolean
  readonly counts: Readonly<Record<string, number>>
  readonly problems: readonly string[]
  readonly seconds: number
}

interface Watcher {
  onBegin(proof: Proof): void
  onVerdict(verdict: Verdict): void
}

/** Tries one promise after the other; those that mostly wait have begun before. */
export async function runProofs(proofs: readonly Proof[], trial: Trial, watcher: Watcher): Promise<Verdict[]> {
  const begun = new Map(proofs.filter(({ mostlyWaits }) => mostlyWaits).map((proof) => [proof, judge(proof, trial)]))
  const verdicts: Verdict[] = []
  for (const proof of proofs) {
    watcher.onBegin(proof)
    const verdict = await (begun.get(proof) ?? judge(proof, trial))
    watcher.onVerdict(verdict)
    verdicts.push(verdict)
  }
  return verdicts
}

/** Never rejects: what goes wrong on the way is a promise that was not kept. */
export async function judge({ name, promise, prove }: Proof, trial: Trial): Promise<Verdict> {
  const evidence = new Evidence()
  const startedAt = performance.now()
  let failure: string[] = []
  try {
    await prove(trial, evidence)
  } catch (error) {
    failure = [error instanceof Error ? error.message : String(error)]
  }
  return {
    name,
    promise,
    isKept: evidence.isGood && failure.length === 0,
    counts: evidence.counts,
    problems: [...evidence.problems, ...failure],
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  }
}
