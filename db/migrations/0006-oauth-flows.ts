/**
 * Sign-ins and links through providers that are under way, for minutes. What the browser carries is kept as hashes; who
 * somebody is at the provider stands there once they came back, until the application fetches it.
 */
export const oauthFlows = `
  CREATE TABLE oauth_flows (
    state_hash BLOB PRIMARY KEY NOT NULL CHECK (length(state_hash) = 32),
    secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
    provider TEXT NOT NULL,
    code_verifier TEXT NOT NULL,
    nonce TEXT NOT NULL,
    return_to TEXT NOT NULL,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    invite_code_hash BLOB CHECK (length(invite_code_hash) = 32),
    username TEXT,
    expires_at INTEGER NOT NULL,
    returned_at INTEGER,
    code_hash BLOB UNIQUE CHECK (length(code_hash) = 32),
    issuer TEXT,
    subject TEXT,
    email TEXT,
    display_name TEXT,
    handle TEXT,
    failure TEXT
  ) STRICT;
  CREATE INDEX oauth_flows_expired ON oauth_flows (expires_at);
  CREATE INDEX oauth_flows_of_session ON oauth_flows (session_id);
`
