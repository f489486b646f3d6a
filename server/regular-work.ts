import type { Logger } from 'pino'
import { createHeadLog } from './audit/log-head.ts'
import { saveBotUse } from './bots/bot-use.ts'
import type { Deps } from './deps.ts'
import { OtherProcesses } from './other-processes.ts'
import { saveLastSeen } from './presence/save-last-seen.ts'

/** What the server does by itself; tests call it instead of waiting for the timer. */
export interface RegularWork {
  /** Several times a second: what other processes have written, and who went offline. */
  beat(): Promise<void>
  /** Every few seconds: what is only in memory is written, and what is due is done. */
  doSlowWork(): Promise<void>
}

export async function createRegularWork(deps: Deps): Promise<RegularWork> {
  const otherProcesses = new OtherProcesses(deps)
  const logHead = createHeadLog(deps)
  await otherProcesses.notice()
  await logHead()
  return {
    beat: async () => {
      // In this order: whoever holds a stream open is not gone.
      deps.presenceStreams.beat()
      deps.presence.expire()
      await otherProcesses.notice()
    },
    doSlowWork: async () => {
      await saveLastSeen(deps)
      await saveBotUse(deps)
      await deps.signInThrottle.recordFailures()
      await logHead()
    },
  }
}

/** Does the work again and again, never twice at once; gives what ends it, once the last time is over. */
export function repeat(work: () => Promise<void>, everyMs: number, log: Logger): () => Promise<void> {
  let isStopped = false
  let current = Promise.resolve()
  const go = async (): Promise<void> => {
    try {
      await work()
    } catch (err) {
      log.error({ err }, 'regular work failed')
    }
    if (!isStopped) timer.refresh()
  }
  const timer = setTimeout(() => {
    current = go()
  }, everyMs)
  timer.unref()
  return async () => {
    isStopped = true
    clearTimeout(timer)
    await current
  }
}
