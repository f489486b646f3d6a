import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GuestlistClient, GuestlistError } from '@guestlist/client'
import test from 'ava'
import { registerPerson } from '../helpers/people.ts'
import { startServer } from '../helpers/start-server.ts'

const page = readFileSync(join(import.meta.dirname, 'authentication.txt'), 'utf8')

/** Every TypeScript block of the page: from a line that awaits the client to where its brackets close. */
function readBlocks(): string[] {
  const blocks: string[] = []
  const lines = page.split('\n')
  for (const [index, line] of lines.entries()) {
    if (!/^(const .+ = )?await client\./.test(line)) continue
    let block = line
    for (let next = index + 1; !isClosed(block); next += 1) block += `\n${lines[next]}`
    blocks.push(block)
  }
  return blocks
}

const isClosed = (code: string): boolean => code.split(/[({[]/).length === code.split(/[)}\]]/).length

const AsyncFunction = (async () => {}).constructor as new (
  ...names: string[]
) => (client: GuestlistClient) => Promise<unknown>

/** Runs a block as it stands, in a scope of its own. */
async function run(block: string, client: GuestlistClient): Promise<void> {
  await new AsyncFunction('client', block)(client)
}

test('the page has one TypeScript block for each of the nine operations', (t) => {
  const called = readBlocks().map((block) => /client\.(\w+)/.exec(block)?.[1])
  const operations = ['getMe', 'updateProfile', 'getUserProfile', 'register', 'login', 'refreshToken', 'disconnect']
  t.deepEqual(called, [...operations, 'listOAuthAccounts', 'unlinkOAuthAccount'])
})

test('every TypeScript block of the page runs with the substitutions of the contract and no other', async (t) => {
  const server = await startServer(t)
  await server.mintInvite(undefined, { code: 'ABC123' })
  const bob = await registerPerson(server, 'bob')
  const client = new GuestlistClient({ baseUrl: server.url, token: bob.token })
  const ids = { 'user-id': bob.user.id, 'account-id': '' }
  const substitute = (block: string): string =>
    block
      .replace(/\[email\sprotected\]/, 'alice@example.com')
      .replace("'secret'", "'secure-password'")
      .replace(/'(user-id|account-id)'/, (_, id: keyof typeof ids) => `'${ids[id]}'`)

  for (const block of readBlocks()) {
    if (block.includes('unlinkOAuthAccount')) {
      const me = await client.getMe()
      const link = ['01990000-0000-7000-8000-000000000001', me.id, 'github', 'oauth:github', '1', 0]
      server.query(
        'INSERT INTO oauth_accounts (id, user_id, provider, issuer, subject, linked_at) VALUES (?, ?, ?, ?, ?, ?)',
        ...link,
      )
      ids['account-id'] = (await client.listOAuthAccounts())[0]?.id ?? ''
      t.not(ids['account-id'], '')
    }
    await t.notThrowsAsync(run(substitute(block), client), block)
  }

  t.is((await client.getMe()).username, 'alice', 'the client keeps the token of the last sign-in')
  t.deepEqual(await client.listOAuthAccounts(), [])
  t.like(await new GuestlistClient({ baseUrl: server.url, token: bob.token }).getMe(), { displayName: 'New Name' })
})

test('with the placeholders themselves the client sends the request and reports 404 not_found', async (t) => {
  const server = await startServer(t)
  const { token } = await registerPerson(server)
  const client = new GuestlistClient({ baseUrl: server.url, token })
  for (const block of readBlocks().filter((text) => /'(user-id|account-id)'/.test(text))) {
    const error = await t.throwsAsync(run(block, client), { instanceOf: GuestlistError })
    t.like(error, { status: 404, code: 'not_found' })
  }
})
