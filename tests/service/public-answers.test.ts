import { PassThrough } from 'node:stream'
import test from 'ava'
import { pino } from 'pino'
import { parseConfig } from '../../server/config.ts'
import { routes } from '../../server/routes.ts'
import { serve } from '../../server/serve.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { cheapScrypt, startServer } from '../helpers/start-server.ts'

test('GET / says what this server is, where its documentation lies, and every operation', async (t) => {
  const server = await startServer(t, { settings: { PUBLIC_URL: 'https://auth.example/' } })
  const { status, body } = await server.request('GET', '/')
  t.is(status, 200)
  t.like(body, {
    name: 'Guestlist',
    issuer: 'https://auth.example',
    configuration: 'https://auth.example/api/auth/config',
    jwks: 'https://auth.example/.well-known/jwks.json',
  })
  t.is(typeof body.documentation, 'string')
  t.deepEqual(
    body.operations,
    routes.map(([method, path]) => `${method} ${path}`),
  )
})

test('GET /api/auth/config tells the password rule, that an invite is needed, and how to sign in', async (t) => {
  for (const [PASSWORD_MIN_LENGTH, minLength] of [
    ['', 15],
    ['8', 8],
  ] as const) {
    const server = await startServer(t, { settings: { PASSWORD_MIN_LENGTH } })
    const { status, body } = await server.request('GET', '/api/auth/config')
    t.is(status, 200)
    t.deepEqual(body, {
      password: { minLength, maxLength: 128 },
      registration: { inviteRequired: true },
      signInMethods: ['password'],
      passwordReset: { byMail: false },
    })
  }
})

test('GET /healthz and /readyz are 200 on a server that works', async (t) => {
  const server = await startServer(t)
  t.deepEqual((await server.request('GET', '/healthz')).body, { status: 'ok' })
  t.deepEqual((await server.request('GET', '/readyz')).body, { status: 'ready' })
})

test('one log line says that the server is ready and where; RATE_LIMITS=off is warned of, and on is not', async (t) => {
  for (const [RATE_LIMITS, warnings] of [
    ['on', 0],
    ['off', 1],
  ] as const) {
    const lines: { level: number; msg: string; address?: string }[] = []
    const sink = new PassThrough().on('data', (chunk) => lines.push(JSON.parse(String(chunk))))
    const settings = { PORT: '0', PUBLIC_URL: 'http://localhost:3000', DATABASE_URL: `file:${newDataFile(t)}` }
    const overrides = { log: pino({}, sink), scryptCost: cheapScrypt }
    const server = await serve(parseConfig({ ...settings, RATE_LIMITS }), overrides)
    t.teardown(server.stop)
    t.deepEqual(
      lines.filter(({ msg }) => msg.startsWith('ready')).map(({ address }) => address),
      [server.address],
    )
    t.is(lines.filter(({ level, msg }) => level === 40 && msg.startsWith('RATE_LIMITS: off')).length, warnings)
  }
})
