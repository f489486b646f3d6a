import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { mintInvite, readDataFile, writeDataFile } from '../../prove/data-file.ts'
import { inLanes } from '../../prove/in-lanes.ts'
import { makePeople, makePerson, register, tokenOf } from '../../prove/requests.ts'
import { type Attack, behindProxy } from '../attack.ts'
import { fromNetwork } from '../from-network.ts'

const requests = 300

/** Accounts without a hash of their own: nobody is to sign in to them. */
const addAccounts = async (file: string, emails: readonly string[]): Promise<void> =>
  await writeDataFile(file, async (db) => {
    const alice = await db.selectFrom('users').selectAll().executeTakeFirstOrThrow()
    const rows = emails.map((email, index) => ({
      ...alice,
      id: randomUUID(),
      email,
      email_key: email,
      username: `other${index}`,
    }))
    await inLanes(1, rows, async (row) => db.insertInto('users').values(row).execute())
  })

export const noticeSuppression = (): Attack => ({
  name: 'notice-suppression',
  title:
    'asks for 300 new passwords from 300 networks while the mail server stands still, so that a notice is never sent',
  run: async (trial, evidence) => {
    const sockets = new Set<Socket>()
    const mailServer = createServer((socket) => sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1')
    await once(mailServer, 'listening')
    const { port } = mailServer.address() as AddressInfo
    const mail = { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'Guestlist <auth@example.com>' }
    try {
      const file = trial.newDataFile('notice-suppression')
      const server = await trial.start(file, { ...behindProxy, ...mail })
      const alice = makePerson('alice')
      const token = await tokenOf(register(server, alice, await mintInvite(file, 1)))
      const emails = makePeople(requests, 'other').map(({ email }) => email)
      await addAccounts(file, emails)
      await inLanes(8, [...emails.entries()], async ([index, email]) =>
        server.request('POST', '/api/auth/password/forgot', { body: { email }, headers: fromNetwork(index) }),
      )
      const body = { currentPassword: alice.password, newPassword: makePerson('alice').password }
      const changed = await server.request('POST', '/api/auth/password', { token, body })
      evidence.expect('the change of password', changed.outcome, '200')
      await server.kill()
      const waiting = await readDataFile(file, async (db) =>
        db.selectFrom('outbox').select(['kind', 'turn', 'claimed_until']).execute(),
      )
      evidence.expect('requests that wait before the notice', waiting.length > requests / 2, true)
      const notice = waiting.find(({ kind }) => kind === 'password changed')
      // What a connection holds already has had its turn.
      const ahead = waiting.filter((each) => each.claimed_until === 0 && notice && each.turn <= notice.turn)
      const isFirst = notice !== undefined && ahead.every((each) => each === notice)
      evidence.count({ waiting: waiting.length })
      return { tried: requests, gained: isFirst ? 0 : 1 }
    } finally {
      for (const socket of sockets) socket.destroy()
      mailServer.close()
    }
  },
})
