import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { ExecutionContext } from 'ava'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { addPerson } from './add-person.ts'
import { type StartOptions, startServer, type TestServer } from './start-server.ts'
import { waitUntil } from './wait-until.ts'

export interface Mail extends Email {
  /** As it came over the wire. */
  readonly raw: string
  readonly recipients: readonly string[]
  readonly isEncrypted: boolean
  /** Who the sender signed in as. */
  readonly user: string | undefined
}

export interface MailServer {
  readonly port: number
  /** All that has arrived. */
  readonly mails: readonly Mail[]
  /** The mail with this number, counted from 1, once it is there. */
  waitForMail(number?: number): Promise<Mail>
}

/** A mail server on this machine, without encryption and sign-in unless the options bring them. */
export async function startMailServer(t: ExecutionContext, options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 1,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData: async (stream, { envelope, secure, user }, done) => {
      const raw = String(await buffer(stream))
      const recipients = envelope.rcptTo.map(({ address }) => address)
      mails.push({ ...(await PostalMime.parse(raw)), raw, recipients, isEncrypted: secure, user })
      done()
      server.emit('mail')
    },
    ...options,
  })
  // A sender that breaks off.
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.teardown(() => new Promise<void>((resolve) => server.close(resolve)))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    waitForMail: async (number = 1) => {
      for (;;) {
        const mail = mails[number - 1]
        if (mail !== undefined) return mail
        await once(server, 'mail')
      }
    },
  }
}

/** A port that takes connections and never says a word. */
export async function startSilentServer(t: ExecutionContext): Promise<number> {
  const server = createServer((socket) => {
    t.teardown(() => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

/** An SMTP reply of this code, as the handlers of a mail server give it. */
export const reply = (responseCode: number, message = 'no'): Error =>
  Object.assign(new Error(message), { responseCode })

export const mailSettings = (port: number): Record<string, string> => ({
  SMTP_URL: `smtp://127.0.0.1:${port}`,
  MAIL_FROM: 'Guestlist <auth@example.com>',
})

/** A server that sends its mail there, and does not make tests wait. */
export async function startMailingServer(
  t: ExecutionContext,
  port: number,
  { settings, overrides, ...options }: StartOptions = {},
): Promise<TestServer> {
  const mailTimes = { timeoutMs: 30_000, pausesMs: [1, 1], closeMs: 30_000, ...overrides?.mailTimes }
  return await startServer(t, {
    ...options,
    settings: { ...mailSettings(port), ...settings },
    overrides: { ...overrides, mailTimes },
  })
}

export const askForReset = (server: TestServer, email: unknown) =>
  server.request('POST', '/api/auth/password/forgot', { body: { email } })

export const askFrom = (server: TestServer, email: string, from: string) =>
  server.request('POST', '/api/auth/password/forgot', { body: { email }, headers: { 'x-forwarded-for': from } })

/** For a server whose mail server says nothing, and which is asked from several networks. */
export const silent = { overrides: { mailTimes: { timeoutMs: 3_600_000, closeMs: 1 } }, settings: { TRUST_PROXY: '1' } }

/** The two connections that there are wait for the mail server from here on. */
export async function holdUp(server: TestServer): Promise<void> {
  for (const name of ['one', 'two']) await addPerson(server, name)
  for (const name of ['one', 'two']) await askFrom(server, `${name}@example.com`, '192.0.2.1')
  await waitUntil(() => server.query('SELECT id FROM outbox WHERE claimed_until > 0').length === 2)
}

/** The code that the link of a mail carries. */
export const codeIn = ({ text = '' }: Mail): string => /#code=([0-9A-Z-]+)$/m.exec(text)?.[1] ?? ''

/** What the server has logged under this name. */
export const loggedEvents = (server: TestServer, name: string): Record<string, unknown>[] =>
  server
    .log()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === name)
