import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { StartupError } from '../../db/startup-error.ts'
import { createAuthServer } from '../../server/auth-server.ts'
import { parseConfig } from '../../server/config.ts'
import { connectBeside, newDataFile } from '../helpers/data-files.ts'
import { linkedIds } from '../helpers/oauth-accounts.ts'
import { providerSettings, startTestProvider } from '../helpers/oauth-provider.ts'
import { linkThrough, signInThrough } from '../helpers/oauth-walk.ts'
import { assertProblem, registerPerson } from '../helpers/people.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { startServer } from '../helpers/start-server.ts'

const plain = (name: string, origin = 'https://id.club.example'): Record<string, string> => ({
  [`OAUTH_${name}_CLIENT_ID`]: 'id',
  [`OAUTH_${name}_CLIENT_SECRET`]: 'secret',
  [`OAUTH_${name}_AUTHORIZATION_URL`]: `${origin}/authorize`,
  [`OAUTH_${name}_TOKEN_URL`]: `${origin}/token`,
  [`OAUTH_${name}_USERINFO_URL`]: `${origin}/user`,
})

test('two plain providers of one origin whose people have the same ids are two: nobody is somebody else', async (t) => {
  const provider = await startTestProvider(t)
  const server = await startServer(t, { settings: providerSettings(provider, ['plain-one', 'plain-two']) })
  await provider.setPerson('plain-one', { sub: '7', id: '7' })
  await provider.setPerson('plain-two', { sub: '7', id: '7' })
  const { token } = await registerPerson(server)
  t.is((await linkThrough(server, 'plain-one', token)).status, 200)
  t.is((await signInThrough(server, 'plain-one')).status, 200)
  assertProblem(t, await signInThrough(server, 'plain-two'), 403, 'invite_invalid')
  t.is(linkedIds(server).length, 1)
})

const issuersIn = (file: string, t: Parameters<typeof connectBeside>[0]): unknown[] =>
  connectBeside(t, file)
    .prepare("SELECT DISTINCT issuer FROM oauth_accounts WHERE issuer <> 'oauth:github'")
    .pluck()
    .all()

function copyOfLinks(t: Parameters<typeof newDataFile>[0]): string {
  const file = newDataFile(t)
  copyFileSync(join(projectFolder, 'tests', 'db', 'files', 'schema-7.db'), file)
  return file
}

const startOn = async (file: string, settings: Record<string, string>): Promise<void> => {
  const common = { DATABASE_URL: `file:${file}`, LOG_LEVEL: 'silent', OAUTH_RETURN_ORIGINS: 'https://chat.example' }
  await (await createAuthServer(parseConfig({ ...common, ...settings }))).close()
}

test('links of before go to the provider of their name, also beside another of its origin', async (t) => {
  const file = copyOfLinks(t)
  await startOn(file, { ...plain('CLUB'), ...plain('OTHER') })
  t.deepEqual(issuersIn(file, t), ['oauth:club@https://id.club.example'])
})

test('links of before go to the only provider of their origin, where it is called otherwise by now', async (t) => {
  const file = copyOfLinks(t)
  await startOn(file, plain('RENAMED'))
  t.deepEqual(issuersIn(file, t), ['oauth:renamed@https://id.club.example'])
  await startOn(file, { ...plain('RENAMED'), ...plain('CLUB') })
  t.deepEqual(issuersIn(file, t), ['oauth:renamed@https://id.club.example'], 'once and for all')
})

test('where two providers could be meant the server does not start, says what to do, and changes nothing', async (t) => {
  const file = copyOfLinks(t)
  const error = await t.throwsAsync(startOn(file, { ...plain('ONE'), ...plain('TWO') }), { instanceOf: StartupError })
  t.regex(error?.message ?? '', /provider club of https:\/\/id\.club\.example, and one and two are both there/)
  t.deepEqual(issuersIn(file, t), ['oauth:https://id.club.example'])
})

test('links of an origin that no provider has stay as they are', async (t) => {
  const file = copyOfLinks(t)
  await startOn(file, plain('CLUB', 'https://elsewhere.example'))
  t.deepEqual(issuersIn(file, t), ['oauth:https://id.club.example'])
})
