/** Bots: who owns one, and the one token that it has. */
export const bots = `
  ALTER TABLE users ADD COLUMN owner_id TEXT REFERENCES users (id) ON DELETE CASCADE
    CHECK (owner_id IS NULL OR (is_bot = 1 AND owner_id <> id));
  CREATE INDEX users_of_owner ON users (owner_id) WHERE owner_id IS NOT NULL;

  CREATE TABLE bot_tokens (
    user_id TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER
  ) STRICT;
`
