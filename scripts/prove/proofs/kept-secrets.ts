import { existsSync, readFileSync } from 'node:fs'
import { foldCode } from '../../../server/invites/invite-code.ts'
import { mintInvite } from '../data-file.ts'
import type { Proof } from '../proof.ts'
import { logIn, logOut, makePerson, refresh, register, tokenOf } from '../requests.ts'
import type { Secret } from '../secrets.ts'
import type { Trial } from '../trial.ts'

/** All tokens begin with the same part; of their signatures this many are looked for. */
const mostSignatures = 50

export const keptSecrets = (): Proof => ({
  name: 'kept-secrets',
  promise: 'no password, invite code or token is in a data file, or in a log that tells all',
  prove: async (trial, evidence) => {
    await trial.withServer('kept-secrets', async (server) => {
      const [alice, inviteCode] = [makePerson('alice'), await mintInvite(server.file, 1)]
      const token = await tokenOf(register(server, alice, inviteCode))
      await tokenOf(refresh(server, token))
      await logIn(server, { ...alice, password: makePerson('alice').password })
      await register(server, makePerson('bob'), inviteCode)
      await logOut(server, await tokenOf(logIn(server, alice)))
      const written = readAllWritten(trial)
      const wanted = textsOf(trial.secrets.all)
      const isWritten = (text: string): boolean => written.some((bytes) => bytes.includes(text))
      const found = wanted.filter(isWritten).length
      evidence.expect('secrets that stand there', found, 0)
      evidence.expect('whether what is no secret stands there', [alice.email, '"msg":"request"'].map(isWritten), [
        true,
        true,
      ])
      const bytes = written.reduce((sum, { length }) => sum + length, 0)
      evidence.count({ secrets: wanted.length, megabytesSearched: Math.round(bytes / 2 ** 20), found })
    })
  },
})

/** The data files with what SQLite has beside them, and what the servers have logged. */
function readAllWritten({ files, logs }: Trial): Buffer[] {
  const onDisk = files.flatMap((file) => [file, `${file}-wal`]).filter((file) => existsSync(file))
  return [...onDisk.map((file) => readFileSync(file)), ...logs.map((log) => Buffer.from(log()))]
}

/** What somebody would look for: passwords as they are, codes also as they are folded, tokens by their parts. */
function textsOf(secrets: readonly Secret[]): string[] {
  const of = (kind: Secret['kind']): string[] =>
    secrets.flatMap((secret) => (secret.kind === kind ? [secret.text] : []))
  const tokens = of('token').map((token) => token.split('.'))
  return [
    ...of('password'),
    ...of('invite code').flatMap((code) => [code, foldCode(code)]),
    ...new Set(tokens.map(([header = '']) => header)),
    ...tokens.slice(-mostSignatures).map(([, , signature = '']) => signature),
  ]
}
