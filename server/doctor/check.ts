import type { Setup } from './setup.ts'

/** Something that is not as it should be, and what to do about it. */
export interface Finding {
  /** A warning can wait; an error makes the command fail. */
  readonly status: 'warning' | 'error'
  readonly message: string
  /** Left out where the message says it. */
  readonly action?: string
}

export type Outcome = readonly Finding[] | string

/** One thing to look at. A new one is a file that exports it, and a line in `checks.ts`. */
export interface Check {
  readonly name: string
  /** What is said when nothing is found, unless the check itself says more. */
  readonly healthy: string
  /** Gives what it found, or how well it is. May throw `NotChecked`, as what it asks of the set-up does. */
  run(setup: Setup): Outcome | Promise<Outcome>
}

/** Something else is wrong first, and another check says so. */
export class NotChecked extends Error {}

export const warning = (message: string, action: string): Finding => ({ status: 'warning', message, action })

export const error = (message: string, action?: string): Finding =>
  action === undefined ? { status: 'error', message } : { status: 'error', message, action }
