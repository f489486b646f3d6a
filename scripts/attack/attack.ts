import type { Evidence } from '../prove/evidence.ts'
import type { Proof } from '../prove/proof.ts'
import type { Trial } from '../prove/trial.ts'

/** What came of an attack. */
export interface Outcome {
  /** How many attempts were made. */
  readonly tried: number
  /** How many of them got the attacker what they want; none is to. */
  readonly gained: number
}

/**
 * Something that an attacker may try, bounded in count and time, on servers of its own. A new one is a file that exports
 * it, a line in `attacks.ts`, and a row in docs/attacks.md.
 */
export interface Attack {
  readonly name: string
  /** What the attacker tries, as a clause: "guesses one password from 400 networks". docs/attacks.md says it in the same words. */
  readonly title: string
  /**
   * Makes the attempts. `evidence.expect` is for what must hold beside them: that an honest person still gets through, and that
   * the attack would have been noticed had it worked. `evidence.count` adds figures to the line of the report.
   */
  run(trial: Trial, evidence: Evidence): Promise<Outcome>
}

/** Where the server trusts one proxy, each request can come from a network of its own (`X-Forwarded-For`). */
export const behindProxy = { RATE_LIMITS: 'on', TRUST_PROXY: '1' } as const

export const toProof = ({ name, title, run }: Attack): Proof => ({
  name,
  promise: title,
  prove: async (trial, evidence) => {
    const { tried, gained } = await run(trial, evidence)
    evidence.count({ tried, failed: tried - gained })
    evidence.expect('attempts that got the attacker something', gained, 0)
    evidence.expect('an attempt was made', tried > 0, true)
  },
})
