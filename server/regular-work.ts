import type { Logger } from 'pino'
import { recordGuessing } from './accounts/record-guessing.ts'
import { createAnchorLog } from './audit/log-anchor.ts'
import { createHeadLog } from './audit/log-head.ts'
import { saveBotUse } from './bots/bot-use.ts'
import type { Deps } from './deps.ts'
import { Housekeeping } from './housekeeping/housekeeping.ts'
import { giveUpForgottenMail } from './mail/forgotten-mail.ts'
import { OtherProcesses } from './other-processes.ts'
import { saveLastSeen } from './presence/save-last-seen.ts'
import { saveForwarding } from './service/forwarding-store.ts'
import { rotateDueKey } from './sessions/rotate-due-key.ts'

/** What the server does by itself; tests call it instead of waiting for the timer. */
export interface RegularWork {
  /** Several times a second: what other processes have written, and who went offline. */
  beat(): Promise<void>
  /** As often, but beside the beat, which must not wait for it. */
  followUp(): Promise<void>
  /** Every few seconds: what is only in memory is written, and what is due is done. */
  doSlowWork(): Promise<void>
  /** At the end: what is only in memory is written. What cannot be is told, and keeps the server from nothing. */
  saveRemaining(): Promise<void>
}

export async function createRegularWork(deps: Deps): Promise<RegularWork> {
  const otherProcesses = new OtherProcesses(deps)
  const logHead = createHeadLog(deps)
  const logAnchor = await createAnchorLog(deps)
  const housekeeping = new Housekeeping(deps)
  const failing = new Set<string>()
  const saves = {
    'last seen': () => saveLastSeen(deps),
    'bot use': () => saveBotUse(deps),
    'forwarding seen': () => saveForwarding(deps),
  }
  await otherProcesses.notice()
  await logHead()
  return {
    beat: () =>
      // In this order: whoever holds a stream open is not gone.
      doEach(deps.log, failing, {
        'data file': () => deps.dataFileWatch.look(),
        'presence streams': () => deps.presenceStreams.beat(),
        presence: () => deps.presence.expire(),
        'other processes': () => otherProcesses.notice(),
      }),
    followUp: () => doEach(deps.log, failing, { 'follow-up': () => otherProcesses.followUp() }),
    doSlowWork: () =>
      doEach(deps.log, failing, {
        ...saves,
        'traces of the deleted': () => deps.traces.clearRemaining(),
        'failed sign-ins': () => deps.signInThrottle.recordFailures(),
        'guessing noticed': () => recordGuessing(deps),
        'mail that waits': () => (deps.mailer ? deps.mailer.run() : giveUpForgottenMail(deps)),
        'signing key': () => rotateDueKey(deps),
        housekeeping: () => housekeeping.run(),
        'audit anchor': logAnchor,
        'audit head': logHead,
      }),
    saveRemaining: () =>
      doEach(deps.log, failing, {
        ...saves,
        'failed sign-ins': () => deps.signInThrottle.recordRemainingFailures(),
        'guessing noticed': () => recordGuessing(deps),
      }),
  }
}

/** One after the other; what fails keeps no other from being done, and is told once, until it goes well again. */
async function doEach(
  log: Logger,
  failing: Set<string>,
  parts: Readonly<Record<string, () => unknown>>,
): Promise<void> {
  for (const [part, work] of Object.entries(parts)) {
    try {
      await work()
      if (failing.delete(part)) log.info({ part }, 'regular work goes on')
    } catch (err) {
      if (!failing.has(part)) log.error({ err, part }, 'regular work failed')
      failing.add(part)
    }
  }
}

/** Does the work again and again, never twice at once; gives what ends it, once the last time is over. */
export function repeat(work: () => Promise<void>, everyMs: number): () => Promise<void> {
  let isStopped = false
  let current = Promise.resolve()
  const go = async (): Promise<void> => {
    await work()
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
