import test from 'ava'
import { addPerson } from '../helpers/add-person.ts'
import { auditEvents } from '../helpers/audit.ts'
import {
  askForReset,
  loggedEvents,
  reply,
  startMailingServer,
  startMailServer,
  startSilentServer,
} from '../helpers/mail-server.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const alice = 'alice@example.com'
const user = 'the-user'
const password = 'p@ss/wörd %'
const minute = 60_000
const login = `${user}:${encodeURIComponent(password)}`

test('a mail server that puts it off is asked again, with the same mail', async (t) => {
  let tries = 0
  const mailServer = await startMailServer(t, {
    onRcptTo: (_address, _session, done) => {
      tries += 1
      done(tries < 3 ? reply(451, `try <${alice}> later`) : null)
    },
  })
  const server = await startMailingServer(t, mailServer.port)
  const { user } = await addPerson(server)
  await askForReset(server, alice)
  await mailServer.waitForMail()
  await server.stop()
  t.is(mailServer.mails.length, 1)
  t.like(loggedEvents(server, 'mail.delayed'), [
    { userId: user.id, kind: 'reset code', tries: 1, responseCode: 451 },
    { userId: user.id, kind: 'reset code', tries: 2, responseCode: 451 },
  ])
  t.notRegex(server.log(), /alice@/)
})

test('after three tries a mail is put off, and a request for a code is given up after a quarter of an hour', async (t) => {
  let tries = 0
  const mailServer = await startMailServer(t, {
    onMailFrom: (_address, _session, done) => {
      tries += 1
      done(reply(421))
    },
  })
  const server = await startMailingServer(t, mailServer.port)
  const { user } = await addPerson(server)
  await askForReset(server, alice)
  const outbox = 'SELECT kind, tries FROM outbox WHERE claimed_until = 0'
  await waitUntil(() => server.query(outbox).length === 1)
  t.is(tries, 3)
  t.deepEqual(server.query(outbox), [{ kind: 'reset code', tries: 1 }])
  t.like(loggedEvents(server, 'mail.put_off'), [{ userId: user.id, kind: 'reset code', tries: 3, responseCode: 421 }])
  server.clock.advance(minute)
  await server.auth.doSlowWork()
  await waitUntil(() => server.query('SELECT id FROM outbox WHERE claimed_until = 0 AND tries = 2').length === 1)
  server.clock.advance(5 * minute)
  await server.auth.doSlowWork()
  await waitUntil(() => server.query('SELECT id FROM outbox').length === 0)
  t.is(tries, 9)
  t.like(loggedEvents(server, 'mail.failed'), [{ userId: user.id, kind: 'reset code', tries: 3, responseCode: 421 }])
  t.deepEqual(auditEvents(server, 'mail.given_up'), [
    { event: 'mail.given_up', user_id: user.id, session_id: null, details: '{"kind":"reset code"}' },
  ])
})

test('a mail server that refuses is not asked again, and what it says is not logged', async (t) => {
  let tries = 0
  const mailServer = await startMailServer(t, {
    onRcptTo: ({ address }, _session, done) => {
      tries += 1
      done(reply(550, `<${address}> unknown here`))
    },
  })
  const server = await startMailingServer(t, mailServer.port)
  const { user } = await addPerson(server)
  await askForReset(server, alice)
  await server.stop()
  t.is(tries, 1)
  t.like(loggedEvents(server, 'mail.failed'), [{ userId: user.id, tries: 1, responseCode: 550 }])
  t.notRegex(server.log(), /alice@|unknown here/)
})

test('a mail server that is gone is tried three times', async (t) => {
  const server = await startMailingServer(t, 1)
  await addPerson(server)
  await askForReset(server, alice)
  await waitUntil(() => loggedEvents(server, 'mail.put_off').length === 1)
  t.like(loggedEvents(server, 'mail.put_off'), [{ tries: 3, cause: 'ECONNREFUSED' }])
})

test('a mail server that never says a word is given up after the time-out, and holds up no request', async (t) => {
  const port = await startSilentServer(t)
  const server = await startMailingServer(t, port, { overrides: { mailTimes: { timeoutMs: 20 } } })
  await addPerson(server)
  t.is((await askForReset(server, alice)).status, 204)
  t.is((await server.request('GET', '/api/auth/config')).status, 200)
  await waitUntil(() => loggedEvents(server, 'mail.put_off').length === 1)
  t.like(loggedEvents(server, 'mail.put_off'), [{ tries: 3, code: 'ETIMEDOUT' }])
})

test('the end of the server cuts pauses short, waits for a mail under way no longer than it may, and loses none', async (t) => {
  const port = await startSilentServer(t)
  const hour = 3_600_000
  const overrides = { mailTimes: { timeoutMs: hour, closeMs: 30 } }
  const waiting = await startMailingServer(t, port, { overrides })
  for (const name of ['alice', 'bob', 'carol']) await addPerson(waiting, name)
  for (const name of ['alice', 'bob', 'carol']) await askForReset(waiting, `${name}@example.com`)
  await waiting.stop()
  t.is(loggedEvents(waiting, 'mail.sent').length, 0)
  t.is(waiting.query('SELECT user_id FROM password_reset_codes').length, 2, 'none was made for the one that waits')
  t.is(waiting.query('SELECT id FROM outbox WHERE claimed_until = 0').length, 3)
  const mailServer = await startMailServer(t)
  const { file, clock } = waiting
  clock.advance(minute)
  const next = await startMailingServer(t, mailServer.port, { file, clock })
  await next.auth.doSlowWork()
  await mailServer.waitForMail(3)

  const pausing = await startMailingServer(t, 1, { overrides: { mailTimes: { pausesMs: [hour, hour] } } })
  await addPerson(pausing)
  await askForReset(pausing, alice)
  await waitUntil(() => loggedEvents(pausing, 'mail.delayed').length === 1)
  await pausing.stop()
  t.like(loggedEvents(pausing, 'mail.put_off'), [{ tries: 2 }])
  t.is(pausing.query('SELECT id FROM outbox').length, 1)
})

test('encryption and sign-in are used where they are offered', async (t) => {
  const accept: NonNullable<Parameters<typeof startMailServer>[1]> = {
    disabledCommands: [],
    onAuth: (auth, _session, done) => {
      const isRight = auth.username === user && auth.password === password
      done(null, isRight ? { user: auth.username } : {})
    },
  }
  for (const [scheme, options] of [
    ['smtp', accept],
    ['smtps', { ...accept, secure: true }],
  ] as const) {
    const mailServer = await startMailServer(t, options)
    const SMTP_URL = `${scheme}://${login}@127.0.0.1:${mailServer.port}`
    const server = await startMailingServer(t, mailServer.port, { settings: { SMTP_URL } })
    await addPerson(server)
    await askForReset(server, alice)
    t.like(await mailServer.waitForMail(), { isEncrypted: true, user })
  }
})

test('a wrong password for the mail server is logged without it, and not tried again', async (t) => {
  let tries = 0
  const mailServer = await startMailServer(t, {
    disabledCommands: [],
    onAuth: (_auth, _session, done) => {
      tries += 1
      done(null, {})
    },
  })
  const SMTP_URL = `smtp://${login}@127.0.0.1:${mailServer.port}`
  const server = await startMailingServer(t, mailServer.port, { settings: { SMTP_URL } })
  await addPerson(server)
  await askForReset(server, alice)
  await server.stop()
  t.is(tries, 1)
  t.like(loggedEvents(server, 'mail.failed'), [{ tries: 1, code: 'EAUTH', responseCode: 535 }])
  for (const secret of [user, password, encodeURIComponent(password)]) t.false(server.log().includes(secret))
})

// This machine too, by an address that is not known to be.
const elsewhere = '0.0.0.0'

test('to another machine nothing goes unencrypted or to a certificate that nobody vouches for: no password, no mail', async (t) => {
  const seen: string[] = []
  const record = {
    onAuth: () => seen.push('password'),
    onMailFrom: () => seen.push('sender'),
  }
  for (const [scheme, options] of [
    ['smtp', { disabledCommands: ['STARTTLS'], allowInsecureAuth: true }],
    ['smtp', { disabledCommands: [] }],
    ['smtps', { disabledCommands: [], secure: true }],
  ] as const) {
    const mailServer = await startMailServer(t, {
      ...record,
      ...options,
      disabledCommands: [...options.disabledCommands],
    })
    const SMTP_URL = `${scheme}://${login}@${elsewhere}:${mailServer.port}`
    const server = await startMailingServer(t, mailServer.port, { settings: { SMTP_URL } })
    await addPerson(server)
    await askForReset(server, alice)
    await server.stop()
    t.is(
      loggedEvents(server, 'mail.failed').length + loggedEvents(server, 'mail.put_off').length,
      1,
      JSON.stringify(options),
    )
    t.is(mailServer.mails.length, 0)
  }
  t.deepEqual(seen, [])
})

const stored = [
  'person0@example.com\r\nBcc: mallory@example.com',
  'person1@example.com\nBcc: mallory@example.com\n\nHello',
  'person2@example.com, mallory@example.com',
  'person3@example.com>, <mallory@example.com',
  'person4 <mallory@example.com>',
  'person5@example.com\0mallory@example.com',
]

test('an address that never came through registration gets no mail, nor does one that is hidden in it', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port)
  for (const [index, address] of stored.entries()) {
    await addPerson(server, `person${index}`)
    server.query('UPDATE users SET email = ? WHERE username = ?', address, `person${index}`)
    t.is((await askForReset(server, `person${index}@example.com`)).status, 204)
  }
  await server.stop()
  t.is(loggedEvents(server, 'mail.failed').length, stored.length)
  t.deepEqual(mailServer.mails, [])
  t.notRegex(server.log(), /mallory/)
})
