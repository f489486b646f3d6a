import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { parseConfig } from '../../server/config.ts'
import { registerPerson } from '../helpers/people.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { startServer, type TestServer } from '../helpers/start-server.ts'

const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8')

/** The README's blocks of a language that hold a text. */
const blocks = (language: string, holding: string): string[] =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, blockLanguage, text]) => blockLanguage === language && text?.includes(holding))
    .map(([, , text]) => text ?? '')

/** Imports a block as a module; a file beside the packages finds them by name. */
async function importBlock(t: ExecutionContext, block: string): Promise<Record<string, unknown>> {
  const folder = join(projectFolder, 'node_modules', '.cache', 'guestlist-readme')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${t.title.replace(/\W+/g, '-')}-${process.pid}.mjs`)
  writeFileSync(file, stripTypeScriptTypes(block))
  t.teardown(() => rmSync(file, { force: true }))
  return await import(pathToFileURL(file).href)
}

const runShell = async (script: string): Promise<string> => (await promisify(execFile)('sh', ['-c', script])).stdout

const startWithAbc123 = async (t: ExecutionContext): Promise<TestServer> => {
  const server = await startServer(t)
  await server.mintInvite(undefined, { code: 'ABC123' })
  return server
}

test('the curl lines register, sign in, and show the user', async (t) => {
  const server = await startWithAbc123(t)
  const [walk] = blocks('sh', '/api/auth/register')
  const printed = await runShell((walk ?? '').replaceAll('http://localhost:3000', server.url))
  const [registered, me] = printed.split(/(?<=\})(?=\{"id")/)
  t.is(JSON.parse(registered ?? '').user.username, 'alice')
  t.deepEqual(JSON.parse(me ?? ''), JSON.parse(registered ?? '').user)
})

test('the settings for providers are understood as they stand', (t) => {
  const [block = ''] = blocks('sh', 'OAUTH_GITHUB_CLIENT_ID')
  const lines = block.split('\n').map((line) => /^([A-Z_]+)=('[^']*'|\S*)/.exec(line))
  const settings = lines.flatMap((line) => (line ? [[line[1], line[2]?.replaceAll("'", '')]] : []))
  const { providers, returnOrigins } = parseConfig(Object.fromEntries(settings)).oauth
  t.deepEqual(
    providers.map(({ name, label }) => [name, label]),
    [
      ['club', 'The Club'],
      ['discord', 'Discord'],
      ['github', 'GitHub'],
      ['google', 'Google'],
    ],
  )
  t.deepEqual(returnOrigins, ['https://chat.example'])
})

test('the TypeScript lines of the client sign in and read the user', async (t) => {
  const server = await startWithAbc123(t)
  await registerPerson(server)
  const [block] = blocks('ts', 'GuestlistClient')
  const exported = `${(block ?? '').replaceAll('http://localhost:3000', server.url)}\nexport { me, user }`
  const { me, user } = await importBlock(t, exported)
  t.deepEqual(me, user)
  t.like(me, { username: 'alice' })
})

test("the backend's lines accept a token, and refuse an expired one, another audience and another issuer", async (t) => {
  const settings = { PUBLIC_URL: 'http://localhost:3000', TOKEN_TTL: '1h' }
  const overrides = { now: Date.now }
  const server = await startServer(t, { settings, overrides })
  const { token, user } = await registerPerson(server)
  const [block] = blocks('ts', 'jwtVerify')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands so in the README
  const keys = (block ?? '').replace('`${issuer}/.well-known/jwks.json`', `'${server.url}/.well-known/jwks.json'`)
  const { verifyToken } = (await importBlock(t, keys)) as { verifyToken: (token: string) => Promise<string> }
  t.is(await verifyToken(token), user.id)

  const refuses = async (changed: Parameters<typeof startServer>[1], code: string): Promise<void> => {
    await server.stop()
    const other = await startServer(t, { file: server.file, ...changed })
    const login = await other.request('POST', '/api/auth/login', {
      body: { email: 'alice@example.com', password: 'secure-password' },
    })
    await t.throwsAsync(verifyToken(login.body.token), { code })
    await other.stop()
  }
  await refuses({ settings: { ...settings, AUDIENCE: 'another' }, overrides }, 'ERR_JWT_CLAIM_VALIDATION_FAILED')
  await refuses({ settings: { PUBLIC_URL: 'http://evil.example' }, overrides }, 'ERR_JWT_CLAIM_VALIDATION_FAILED')
  await refuses({ settings, overrides: { now: () => Date.now() - 2 * 3_600_000 } }, 'ERR_JWT_EXPIRED')
})

test('every setting and every command of the product stands in the tables', (t) => {
  const config = readFileSync(join(projectFolder, 'server', 'config.ts'), 'utf8')
  const settings = [...config.matchAll(/read\('([A-Z_]+)'/g)].map(([, name]) => name)
  t.true(settings.length > 12)
  for (const name of settings) t.regex(readme, new RegExp(`\`${name}\``), name)
  const { scripts } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'))
  const commands = Object.keys(scripts).filter((name) => scripts[`pre${name}`] !== undefined)
  t.true(commands.length > 5)
  for (const name of commands) {
    t.regex(readme, new RegExp(`\`npm (run )?${name}[ \`]`), name)
  }
})
