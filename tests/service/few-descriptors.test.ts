import { once } from 'node:events'
import { connect } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { readConnectionBound } from '../../server/machine/connection-bound.ts'
import { seedJson } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { goodPassword, registration } from '../helpers/people.ts'
import { serverSettings, startProcess } from '../helpers/processes.ts'
import { send } from '../helpers/send.ts'

const withFiles = (count: number): string[] => ['-c', `ulimit -n ${count}; exec "$0" server/main.ts`, process.execPath]

/** Connections of one address, on which the server hears nothing, or nothing after one request. */
async function connectIdly(t: ExecutionContext, port: number, sent: string): Promise<void> {
  for (let count = 0; count < 100; count += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    if (sent !== '') socket.write(sent)
    // Its place may be taken from it at once.
    if (sent !== '') await Promise.race([once(socket, 'data'), once(socket, 'close')])
  }
}

for (const [what, sent] of Object.entries({
  'that send nothing': '',
  'that are kept after a request': 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n',
})) {
  test(`with 64 files and a hundred connections ${what}, people register, sign in and read the pages`, async (t) => {
    const file = newDataFile(t)
    const [invite] = await seedJson(t, file)
    const server = startProcess(t, 'sh', withFiles(64), serverSettings(file))
    const [, url = ''] = await server.waitFor(/"address":"([^"]+)"/)
    await connectIdly(t, Number(new URL(url).port), sent)
    const body = registration({ inviteCode: invite?.code ?? '' })
    t.is((await send(url, 'POST', '/api/auth/register', { body })).status, 201)
    const login = { email: body.email, password: goodPassword }
    t.is((await send(url, 'POST', '/api/auth/login', { body: login })).status, 200)
    const pages = ['/readyz', '/docs', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css']
    const answers = await Promise.all(pages.map((page) => send(url, 'GET', page)))
    t.deepEqual(
      answers.map(({ status }) => status),
      pages.map(() => 200),
    )
    t.notRegex(server.stdout(), /EMFILE|"level":"error"/)
    server.child.kill('SIGTERM')
    t.like(await server.ended, { code: 0, signal: null, stderr: '' })
  })
}

test('with fewer files than it needs the server says how many these are, and does not start', async (t) => {
  const server = startProcess(t, 'sh', withFiles(40), serverSettings(newDataFile(t)))
  const { code, stdout, stderr } = await server.ended
  t.is(code, 1)
  t.regex(
    stderr,
    /^guestlist: 40 files may be open at once, and the server needs \d+: raise LimitNOFILE, ulimit -n [^\n]*\n$/,
  )
  t.notRegex(stdout, /"msg":"ready/)
})

test('of the files that may be open, some are kept for what the server opens itself', (t) => {
  const readText = (limit: string) => () =>
    `Max open files            ${limit}                20000                files     \n`
  t.is(readConnectionBound(2, { readText: readText('1024'), open: 30 }), 1024 - 30 - 16 - 10)
  t.is(readConnectionBound(2, { readText: readText('unlimited'), open: 30 }), undefined)
  t.is(readConnectionBound(2, { readText: () => undefined, open: 30 }), undefined)
})
