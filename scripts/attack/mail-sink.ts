import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

export interface MailSink {
  readonly settings: Readonly<Record<string, string>>
  /** Subjects in the order in which mails arrived. */
  readonly subjects: readonly string[]
  /** It takes connections and says nothing until then. */
  release(): void
  close(): Promise<void>
}

/** A mail server on this machine that stands still at first. */
export async function startMailSink(): Promise<MailSink> {
  const subjects: string[] = []
  const released = Promise.withResolvers<void>()
  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 1,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onConnect: (_session, done) => void released.promise.then(() => done()),
    onData: (stream, _session, done) =>
      void text(stream).then((mail) => {
        subjects.push(/^Subject: (.*)\r$/m.exec(mail)?.[1] ?? '')
        done()
      }),
  })
  // A server that is killed while it sends.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    settings: { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'auth@example.com' },
    subjects,
    release: released.resolve,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
