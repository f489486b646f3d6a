import type { Setup } from './setup.ts'

/** Something that is not as it should be, and what to do about it. */
export interface Finding {
  /** A warning can wait; an error makes the command fail. */
  readonly status: 'warning' | 'error'
  readonly message: string
  /** Left out where the message says it. */
  readonly action?: string
}

/** One thing to look at. A new one is a file that exports it, and a line in `checks.ts`. */
export interface Check {
  readonly name: string
  /** What is said when nothing is found. */
  readonly healthy: string
  /** May throw `NotChecked`, as what it asks of the set-up does. */
  run(setup: Setup): readonly Finding[] | Promise<readonly Finding[]>
}

/** Something else is wrong first, and another check says so. */
export class NotChecked extends Error {}

export const warning = (message: string, action: string): Finding => ({ status: 'warning', message, action })

export const error = (message: string, action?: string): Finding =>
  action === undefined ? { status: 'error', message } : { status: 'error', message, action }
