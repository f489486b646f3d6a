// Makes the requests that a plan (plan.ts) on standard input asks for, and prints what came of them as JSON.
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'undici'
import { quantile } from '../statistics.ts'
import { fill } from './plan.ts'

const { url, step, people, connections, seconds, perSecond, once, firstNumber } = JSON.parse(await text(process.stdin))
const clients = Array.from({ length: connections }, () => new Client(url, { pipelining: 1 }))
let nextPerson = 0
const milliseconds = []
let number = firstNumber
let errors = 0
let firstError

const beganAt = performance.now()
const endsAt = beganAt + seconds * 1000
if (perSecond === undefined) await Promise.all(clients.map(sendUntilTheEnd))
else await sendAtRate(perSecond)
const lasted = (performance.now() - beganAt) / 1000
await Promise.all(clients.map((client) => client.close()))
console.log(
  JSON.stringify({
    requests: milliseconds.length,
    perSecond: milliseconds.length / lasted,
    p50: quantile(milliseconds, 0.5),
    p99: quantile(milliseconds, 0.99),
    errors,
    firstError,
    people: step.renewsToken ? people : [],
  }),
)

async function sendUntilTheEnd(client) {
  while (once ? nextPerson < people.length : performance.now() < endsAt) await sendOne(client, performance.now())
}

/** An open loop: a request that waits for a connection waits in its own figure, and holds up no other. */
async function sendAtRate(rate) {
  const freeClients = clients.slice()
  const due = []
  const underWay = new Set()
  const sendDue = () => {
    while (freeClients.length > 0 && due.length > 0) {
      const client = freeClients.pop()
      const sent = sendOne(client, due.shift()).then(() => {
        underWay.delete(sent)
        freeClients.push(client)
        sendDue()
      })
      underWay.add(sent)
    }
  }
  for (let index = 0; index < rate * seconds; index += 1) {
    const wait = beganAt + (index * 1000) / rate - performance.now()
    if (wait > 0) await delay(wait)
    // Not from when the timer should have rung: that it rings late is not the server's doing.
    due.push(performance.now())
    sendDue()
  }
  while (underWay.size > 0) await Promise.all(underWay)
}

async function sendOne(client, dueAt) {
  const person = people[nextPerson % people.length]
  nextPerson += 1
  number += 1
  try {
    const { path, method, headers, body } = fill(step, { ...person, number: String(number) })
    const answer = await client.request({ path, method, headers, body: body ?? null })
    const content = await answer.body.text()
    if (answer.statusCode !== step.status || !content.includes(step.expected)) {
      throw new Error(`${step.path} answers ${answer.statusCode}: ${content}`)
    }
    if (step.renewsToken) person.token = JSON.parse(content).token
    milliseconds.push(performance.now() - dueAt)
  } catch (error) {
    errors += 1
    firstError ??= String(error)
  }
}
