import type { Clock } from '../../src/clock.ts'

export interface FakeClock extends Clock {
  /** Moves time on and runs what falls due. */
  advance(milliseconds: number): void
  /** Moves time on without any timer running, as a sleeping machine does. */
  sleep(milliseconds: number): void
  /** How many timers are running. */
  readonly running: number
}

export function fakeClock(): FakeClock {
  let now = 0
  const timers = new Map<object, { due: number; callback: () => void }>()
  return {
    now: () => now,
    setTimeout: (callback, milliseconds) => {
      const timer = {}
      timers.set(timer, { due: now + milliseconds, callback })
      return timer
    },
    clearTimeout: (timer) => {
      timers.delete(timer as object)
    },
    advance: (milliseconds) => {
      now += milliseconds
      for (const [timer, { due, callback }] of timers) {
        if (due <= now && timers.delete(timer)) callback()
      }
    },
    sleep: (milliseconds) => {
      now += milliseconds
    },
    get running() {
      return timers.size
    },
  }
}

/** A clock whose timers run at once, noting for how long they were set; those of a `patient` length never run. */
export function hastyClock(pauses: number[] = [], patient: readonly number[] = []): Clock {
  return {
    now: () => 0,
    setTimeout: (callback, milliseconds) => {
      if (patient.includes(milliseconds)) return
      pauses.push(milliseconds)
      queueMicrotask(callback)
    },
    clearTimeout: () => {},
  }
}
