import test from 'ava'
import { routes } from '../../server/routes.ts'
import { addPerson } from '../helpers/add-person.ts'
import { assertProblem } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const id = '0190e6f0-0000-7000-8000-000000000000'
const methodsOf = new Map<string, string[]>()
for (const [method, route] of routes) {
  const path = route.replace(/:\w+/, id)
  methodsOf.set(path, [...(methodsOf.get(path) ?? []), method])
}

const allowedOn = (path: string): string[] => {
  const methods = methodsOf.get(path) ?? []
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
}

const listOf = (allow: string | null): string[] => (allow ?? '').split(', ').sort()

test('another method on a known path is 405 and names those that are allowed, with a token and without', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  for (const path of methodsOf.keys()) {
    const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY'].filter((name) => !allowedOn(path).includes(name))
    for (const method of others) {
      for (const who of [{}, { token }]) {
        const answer = await server.request(method, path, who)
        assertProblem(t, answer, 405, 'method_not_allowed')
        t.deepEqual(listOf(answer.headers.get('allow')), allowedOn(path).sort(), `${method} ${path}`)
      }
    }
  }
})

test('HEAD is answered where GET is, with the same status and headers and no body', async (t) => {
  const server = await startServer(t)
  const { token } = await addPerson(server)
  for (const path of methodsOf.keys()) {
    const head = await fetch(server.url + path, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } })
    t.is(await head.text(), '')
    if (!allowedOn(path).includes('GET')) {
      t.is(head.status, 405)
      t.deepEqual(listOf(head.headers.get('allow')), allowedOn(path).sort())
      continue
    }
    const get = await server.request('GET', path, { token })
    t.is(head.status, get.status)
    for (const name of ['content-type', 'content-length', 'cache-control', 'content-security-policy']) {
      t.is(head.headers.get(name), get.headers.get(name), `${name} of ${path}`)
    }
  }
})

test('OPTIONS tells what is allowed, without a token', async (t) => {
  const server = await startServer(t)
  for (const path of methodsOf.keys()) {
    const answer = await server.request('OPTIONS', path)
    t.is(answer.status, 204)
    t.deepEqual(listOf(answer.headers.get('allow')), allowedOn(path).sort())
  }
})
