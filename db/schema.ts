import type { Generated, Kysely, Transaction } from 'kysely'

/** Times are milliseconds since the epoch, flags 0 or 1, ids lower-case UUIDs; only `*-store.ts` files see these rows. */
export interface Schema {
  users: UserTable
  sessions: SessionTable
  signing_keys: SigningKeyTable
  invites: InviteTable
  invite_uses: InviteUseTable
  idempotency_keys: IdempotencyKeyTable
  oauth_accounts: OAuthAccountTable
  oauth_flows: OAuthFlowTable
  password_reset_codes: PasswordResetCodeTable
  known_networks: KnownNetworkTable
  sign_in_failures: SignInFailureTable
  sign_in_failure_floor: SignInFailureFloorTable
  server_secrets: ServerSecretTable
  outbox: OutboxTable
  bot_tokens: BotTokenTable
  audit_events: AuditEventTable
  audit_anchor: AuditAnchorTable
  backups: BackupTable
  seen_forwarding: SeenForwardingTable
  write_probe: WriteProbeTable
}

/** The database itself, or a transaction on it: a rule that must run inside one asks for `DatabaseTransaction`. */
export type Database = Kysely<Schema>
export type DatabaseTransaction = Transaction<Schema>

export interface UserTable {
  id: string
  email: string | null
  email_key: string | null
  username: string
  display_name: string
  avatar_url: string | null
  is_bot: number
  password_hash: Uint8Array | null
  created_at: number
  disabled_at: number | null
  last_seen_at: number | null
  owner_id: string | null
  email_changed_at: number | null
}

export interface SessionTable {
  id: string
  user_id: string
  generation: number
  base_generation: number | null
  created_at: number
  authenticated_at: number
  rotated_at: number
  expires_at: number
  ended_at: number | null
  end_reason: string | null
  user_agent: string | null
  address: string | null
  binding_hash: Uint8Array | null
  opened_by: string | null
  oauth_account_id: string | null
}

export interface SigningKeyTable {
  id: string
  private_key: string
  public_key: string
  created_at: number
  signs_from: number
  signs_low_s: number
}

export interface InviteTable {
  id: string
  code_hash: Uint8Array
  first_group: string | null
  uses: number
  max_uses: number | null
  created_at: number
  expires_at: number | null
  revoked_at: number | null
  created_by: string | null
  is_first_start: number
  note: string | null
}

export interface InviteUseTable {
  invite_id: string
  user_id: string
  used_at: number
}

export interface IdempotencyKeyTable {
  idempotency_key: string
  fingerprint: Uint8Array
  user_id: string
  created_at: number
}

export interface OAuthAccountTable {
  id: string
  user_id: string
  provider: string
  issuer: string
  subject: string
  email: string | null
  display_name: string | null
  linked_at: number
}

export interface OAuthFlowTable {
  state_hash: Uint8Array
  secret_hash: Uint8Array
  provider: string
  code_verifier: string
  nonce: string
  return_to: string
  session_id: string | null
  invite_code_hash: Uint8Array | null
  username: string | null
  expires_at: number
  returned_at: number | null
  code_hash: Uint8Array | null
  issuer: string | null
  subject: string | null
  email: string | null
  display_name: string | null
  handle: string | null
  failure: string | null
}

export interface PasswordResetCodeTable {
  code_hash: Uint8Array
  user_id: string
  created_at: number
  expires_at: number
}

export interface KnownNetworkTable {
  account_key: Uint8Array
  network: string
  signed_in_at: number
  failed_at: number | null
  forgotten_at: number | null
}

export interface SignInFailureTable {
  account_key: Uint8Array
  network: string
  failed_at: number
  forgotten_at: number
}

export interface SignInFailureFloorTable {
  id: number
  failed_at: number
  forgotten_at: number
}

export interface ServerSecretTable {
  name: string
  value: Uint8Array
}

export interface OutboxTable {
  id: string
  kind: string
  recipient: string
  user_id: string | null
  subject: string | null
  text: string | null
  request_key: string | null
  network: string | null
  site: string | null
  turn: number
  created_at: number
  due_at: number
  claimed_until: number
  tries: number
}

export interface BotTokenTable {
  user_id: string
  token_hash: Uint8Array
  created_at: number
  expires_at: number | null
  last_used_at: number | null
}

export interface AuditEventTable {
  sequence: number
  id: string
  occurred_at: number
  event: string
  user_id: string | null
  session_id: string | null
  details: string | null
  previous_hash: Uint8Array
  hash: Uint8Array
}

export interface AuditAnchorTable {
  id: number
  sequence: number
  hash: Uint8Array
  pruned_at: number
}

export interface BackupTable {
  id: Generated<number>
  file: string
  bytes: number
  sha256: Uint8Array
  users: number
  audit_sequence: number
  audit_hash: Uint8Array | null
  started_at: number
  proven_at: number
}

export interface SeenForwardingTable {
  trust_proxy: string
  addresses: number
  is_client_private: number
  requests: number
  seen_at: number
}

export interface WriteProbeTable {
  id: number
  written_at: number
}
