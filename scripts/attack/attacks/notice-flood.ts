import { setTimeout as delay } from 'node:timers/promises'
import { mintInvite } from '../../prove/data-file.ts'
import { inLanes } from '../../prove/in-lanes.ts'
import { makePeople, makePerson, register, tokenOf } from '../../prove/requests.ts'
import { type Attack, behindProxy } from '../attack.ts'
import { startMailSink } from '../mail-sink.ts'

const requests = 500
const members = 6
const longestWaitMs = 20_000

export const noticeFlood = (): Attack => ({
  name: 'notice-flood',
  title:
    'asks for 500 new passwords while the mail server stands still, so that the notice of a stolen account is lost',
  run: async (trial, evidence) => {
    const sink = await startMailSink()
    // Limits by network are off, or they would stop most of it: what is tried is the queue of mails.
    const settings = { ...behindProxy, ...sink.settings, RATE_LIMITS: 'off' }
    const file = trial.newDataFile('notice-flood')
    const server = await trial.start(file, settings)
    const people = makePeople(members)
    const victim = makePerson('victim')
    const inviteCode = await mintInvite(file, members + 1)
    const token = await tokenOf(register(server, victim, inviteCode))
    await inLanes(4, people, async (person) => register(server, person, inviteCode))
    const addresses = Array.from({ length: requests }, (_, number) =>
      number < members ? `person-${number + 1}@example.com` : `nobody${number}@example.com`,
    )
    const statuses: number[] = []
    await inLanes(8, [...addresses.entries()], async ([number, email]) => {
      const headers = { 'x-forwarded-for': `198.18.${number % 250}.1` }
      statuses.push((await server.request('POST', '/api/auth/password/forgot', { body: { email }, headers })).status)
    })
    evidence.expect('requests that were not answered 204', statuses.filter((status) => status !== 204).length, 0)
    const body = { currentPassword: victim.password, newPassword: makePerson('thief').password }
    const change = await server.request('POST', '/api/auth/password', { token, body })
    evidence.expect('the password was changed', change.status, 200)
    await server.kill()
    evidence.expect('mails that arrived while the mail server stood still', sink.subjects.length, 0)
    sink.release()
    const again = await trial.start(file, settings)
    const until = Date.now() + longestWaitMs
    while (sink.subjects.length === 0 && Date.now() < until) await delay(50)
    await again.stop()
    await sink.close()
    evidence.count({ mails: sink.subjects.length })
    const isFirst = sink.subjects[0] === 'The password of victim was changed'
    return { tried: requests, gained: isFirst ? 0 : requests }
  },
})
