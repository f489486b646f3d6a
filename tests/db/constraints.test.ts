import test, { type ExecutionContext } from 'ava'
import { connectBeside, makeDataFile } from '../helpers/data-files.ts'

const id = '0190e6f0-0000-7000-8000-000000000000'
const hash = Buffer.alloc(32)

const goodRows: Record<string, Record<string, unknown>> = {
  users: {
    id,
    email: 'a@example.com',
    email_key: 'a@example.com',
    username: 'alice',
    password_hash: hash,
    display_name: 'Alice',
    is_bot: 0,
    created_at: 1,
  },
  sessions: {
    id,
    user_id: id,
    generation: 2,
    base_generation: 1,
    created_at: 1,
    authenticated_at: 1,
    rotated_at: 1,
    expires_at: 2,
  },
  signing_keys: { id: 'kid', private_key: 'pem', public_key: '{}', created_at: 1, signs_from: 1 },
  invites: { id, code_hash: hash, first_group: 'ABCDE', uses: 1, max_uses: 1, created_at: 1, is_first_start: 0 },
  invite_uses: { invite_id: id, user_id: id, used_at: 1 },
  idempotency_keys: { idempotency_key: 'k', fingerprint: hash, user_id: id, created_at: 1 },
  oauth_accounts: { id, user_id: id, provider: 'github', issuer: 'oauth:github', subject: '1', linked_at: 1 },
  password_reset_codes: { code_hash: hash, user_id: id, created_at: 1, expires_at: 2 },
  known_networks: { account_key: hash, network: '127.0.0.0/24', signed_in_at: 1 },
  sign_in_failures: { account_key: hash, network: '*', failed_at: 1, forgotten_at: 2 },
  server_secrets: { name: 'a', value: hash },
  audit_events: { sequence: 1, id, occurred_at: 1, event: 'account.registered', previous_hash: hash, hash },
}

/** What no row may hold, whatever a future fault of the server would write. */
const badFields: readonly (readonly [table: string, field: string, value: unknown])[] = [
  ['users', 'id', 'short'],
  ['users', 'id', null],
  ['users', 'email', `${'a'.repeat(243)}@example.com`],
  ['users', 'email', null],
  ['users', 'email_key', null],
  ['users', 'username', 'Alice'],
  ['users', 'username', 'al'],
  ['users', 'username', 'a'.repeat(33)],
  ['users', 'display_name', ''],
  ['users', 'display_name', 'a'.repeat(65)],
  ['users', 'avatar_url', `https://example.com/${'a'.repeat(2048)}`],
  ['users', 'is_bot', 1],
  ['users', 'is_bot', 2],
  ['users', 'is_bot', null],
  ['users', 'password_hash', 'text'],
  ['users', 'created_at', 'yesterday'],
  ['users', 'created_at', 1.5],
  ['sessions', 'generation', 0],
  ['sessions', 'base_generation', 2],
  ['sessions', 'ended_at', 5],
  ['sessions', 'end_reason', 'logged_out'],
  ['sessions', 'user_id', '0190e6f0-0000-7000-8000-00000000dead'],
  ['sessions', 'expires_at', null],
  ['invites', 'code_hash', Buffer.alloc(31)],
  ['invites', 'code_hash', 'text'],
  ['invites', 'first_group', 'ABCDEF'],
  ['invites', 'uses', 2],
  ['invites', 'uses', -1],
  ['invites', 'max_uses', 0],
  ['invites', 'is_first_start', 2],
  ['invite_uses', 'invite_id', 'nobody'],
  ['idempotency_keys', 'idempotency_key', ''],
  ['idempotency_keys', 'idempotency_key', 'k'.repeat(256)],
  ['idempotency_keys', 'fingerprint', Buffer.alloc(5)],
  ['password_reset_codes', 'code_hash', Buffer.alloc(0)],
  ['known_networks', 'account_key', Buffer.alloc(31)],
  ['known_networks', 'failed_at', 1],
  ['sign_in_failures', 'account_key', Buffer.alloc(31)],
  ['server_secrets', 'value', Buffer.alloc(16)],
  ['audit_events', 'id', ''],
]

const twins: readonly (readonly [table: string, difference: Record<string, unknown>])[] = [
  ['users', { email: 'b@example.com', email_key: 'b@example.com', username: 'bobby' }],
  ['users', { id: id.replace('0190', '0191'), username: 'bobby' }],
  ['users', { id: id.replace('0190', '0191'), email: 'b@example.com', email_key: 'b@example.com' }],
  ['invites', { id: id.replace('0190', '0191') }],
  ['invite_uses', { used_at: 2 }],
  ['idempotency_keys', { created_at: 2 }],
  ['oauth_accounts', { id: id.replace('0190', '0191'), provider: 'other' }],
]

const refused = /constraint failed|cannot store/

/** Inserts a row into a data file. */
async function openForRows(t: ExecutionContext) {
  const handle = connectBeside(t, await makeDataFile(t))
  handle.pragma('foreign_keys = ON')
  const insert = (table: string, row: Record<string, unknown> = {}): void => {
    const columns = Object.keys(row)
    const places = columns.map(() => '?').join(', ')
    handle.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`).run(Object.values(row))
  }
  return { insert, begin: () => handle.exec('BEGIN'), rollback: () => handle.exec('ROLLBACK') }
}

test('a good row of every table is taken', async (t) => {
  const { insert } = await openForRows(t)
  for (const [table, row] of Object.entries(goodRows)) t.notThrows(() => insert(table, row), table)
})

test('what a fault of the server must never write is refused by the database', async (t) => {
  const { insert, begin, rollback } = await openForRows(t)
  for (const [table, field, value] of badFields) {
    begin()
    for (const parent of Object.keys(goodRows).slice(0, Object.keys(goodRows).indexOf(table))) {
      insert(parent, goodRows[parent])
    }
    t.throws(() => insert(table, { ...goodRows[table], [field]: value }), { message: refused }, `${table}.${field}`)
    rollback()
  }
})

test('a second row that differs only in what does not count is refused', async (t) => {
  const { insert, begin, rollback } = await openForRows(t)
  for (const [table, difference] of twins) {
    begin()
    for (const [name, row] of Object.entries(goodRows)) insert(name, row)
    const twin = () => insert(table, { ...goodRows[table], ...difference })
    t.throws(twin, { message: refused }, `${table} with another ${Object.keys(difference)}`)
    rollback()
  }
})
