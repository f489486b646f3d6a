import type { Deps } from '../deps.ts'
import type { MailSettings } from '../mail-settings.ts'
import { isLoopback } from '../origins.ts'
import type { Letter } from './letter.ts'

/** Hands a letter to the mail server, once; an id of its own lets the same letter be known where it arrives twice. */
export type SendOnce = (letter: Letter, id: string, signal: AbortSignal) => Promise<void>

/** To what is not this machine nothing goes unencrypted, or to a server whose certificate does not hold. */
export async function connectSmtp(
  { smtp, from }: MailSettings,
  { now, timeoutMs }: Pick<Deps, 'now'> & { timeoutMs: number },
): Promise<SendOnce> {
  // Here, because most servers send no mail; at the start, because it takes a moment in which nothing else is done.
  const { createTransport } = await import('nodemailer')
  const isLocal = isLoopback(smtp.host)
  const transport = createTransport({
    // It would ask the DNS for this name.
    host: smtp.host === 'localhost' ? '127.0.0.1' : smtp.host,
    port: smtp.port,
    secure: smtp.isTls,
    requireTLS: !smtp.isTls && !isLocal,
    tls: { rejectUnauthorized: !isLocal },
    ...(smtp.login && { auth: { user: smtp.login.user, pass: smtp.login.password } }),
    dnsTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = from.address.slice(from.address.indexOf('@') + 1)
  return async ({ to, subject, text }, id, signal) => {
    await transport.sendMail({
      from,
      // Not as text, in which a comma or a bracket would mean something.
      to: { name: '', address: to },
      subject,
      text,
      date: new Date(now()),
      messageId: `<${id}@${domain}>`,
      xMailer: false,
      headers: { 'Auto-Submitted': 'auto-generated' },
      signal,
    })
  }
}
