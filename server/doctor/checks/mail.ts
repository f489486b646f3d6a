import { hour } from '../../durations.ts'
import { countWaiting } from '../../mail/outbox-waiting-store.ts'
import { type Check, warning } from '../check.ts'

/** What a mail server that works never leaves. */
const lateAfterMs = hour

export const mail: Check = {
  name: 'mail',
  healthy: 'no notice to a person has waited for long',
  async run(setup) {
    const hasMail = setup.getConfig().mail !== undefined
    const { notices, oldestNotice } = await countWaiting(await setup.getMigratedDatabase())
    if (oldestNotice === null || setup.now() - oldestNotice < lateAfterMs) return []
    const message = `notices to people wait to be sent: ${notices}, the first since ${new Date(oldestNotice).toISOString()}`
    const action = hasMail ? 'see why in the log: "mail.put_off"' : 'set SMTP_URL: without it they are given up'
    return [warning(message, action)]
  },
}
