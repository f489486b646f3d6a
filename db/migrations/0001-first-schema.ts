/** The first schema: people, sessions, signing keys, invites, linked accounts, and what guards sign-in. */
export const firstSchema = `
  CREATE TABLE users (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    email TEXT CHECK (length(email) <= 254),
    email_key TEXT UNIQUE,
    username TEXT NOT NULL UNIQUE CHECK (length(username) BETWEEN 3 AND 32 AND username = lower(username)),
    display_name TEXT NOT NULL CHECK (length(display_name) BETWEEN 1 AND 64),
    avatar_url TEXT CHECK (length(avatar_url) <= 2048),
    is_bot INTEGER NOT NULL CHECK (is_bot IN (0, 1)),
    password_hash BLOB,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    last_seen_at INTEGER,
    CHECK ((email IS NULL) = (email_key IS NULL)),
    CHECK (is_bot = 0 OR password_hash IS NULL)
  ) STRICT;

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    generation INTEGER NOT NULL CHECK (generation >= 1),
    base_generation INTEGER CHECK (base_generation < generation),
    created_at INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    rotated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    end_reason TEXT,
    user_agent TEXT,
    address TEXT,
    binding_hash BLOB,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
  ) STRICT;
  CREATE INDEX sessions_of_user ON sessions (user_id, expires_at);

  CREATE TABLE signing_keys (
    id TEXT PRIMARY KEY NOT NULL,
    private_key TEXT NOT NULL,
    public_key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    signs_from INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE invites (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    code_hash BLOB NOT NULL UNIQUE CHECK (length(code_hash) = 32),
    first_group TEXT CHECK (length(first_group) = 5),
    uses INTEGER NOT NULL CHECK (uses >= 0),
    max_uses INTEGER CHECK (max_uses >= 1),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    is_first_start INTEGER NOT NULL CHECK (is_first_start IN (0, 1)),
    note TEXT,
    CHECK (uses <= max_uses)
  ) STRICT;
  CREATE INDEX invites_of_creator ON invites (created_by) WHERE created_by IS NOT NULL;

  CREATE TABLE invite_uses (
    invite_id TEXT NOT NULL REFERENCES invites (id),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (invite_id, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX invite_uses_of_user ON invite_uses (user_id);

  CREATE TABLE idempotency_keys (
    idempotency_key TEXT PRIMARY KEY NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
  CREATE INDEX idempotency_keys_of_user ON idempotency_keys (user_id);

  CREATE TABLE oauth_accounts (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    email TEXT,
    display_name TEXT,
    linked_at INTEGER NOT NULL,
    UNIQUE (issuer, subject)
  ) STRICT;
  CREATE INDEX oauth_accounts_of_user ON oauth_accounts (user_id);

  CREATE TABLE password_reset_codes (
    code_hash BLOB PRIMARY KEY NOT NULL CHECK (length(code_hash) = 32),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX password_reset_codes_of_user ON password_reset_codes (user_id);

  CREATE TABLE sign_in_networks (
    account_key BLOB NOT NULL CHECK (length(account_key) = 32),
    network TEXT NOT NULL,
    has_account INTEGER NOT NULL CHECK (has_account IN (0, 1)),
    failures INTEGER NOT NULL CHECK (failures >= 0),
    failed_at INTEGER,
    signed_in_at INTEGER,
    PRIMARY KEY (account_key, network)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sign_in_networks_without_account ON sign_in_networks (failed_at) WHERE has_account = 0;

  CREATE TABLE server_secrets (
    name TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL CHECK (length(value) = 32)
  ) STRICT;

  CREATE TABLE audit_events (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    occurred_at INTEGER NOT NULL,
    event TEXT NOT NULL,
    user_id TEXT,
    session_id TEXT
  ) STRICT;
`
