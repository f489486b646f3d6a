/**
 * Mail that waits to be sent. A notice is a whole letter, written in the transaction of what it tells; a request for a new password is an
 * address as somebody typed it, whether or not there is such an account, and its letter is written when its turn has come. Of
 * requests it is kept which networks they came from (the narrowest and the widest), so that none takes the place of others, and
 * until one is taken up a key, by which another is the same.
 */
export const outbox = `
  CREATE TABLE outbox (
    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    user_id TEXT,
    subject TEXT,
    text TEXT,
    request_key TEXT UNIQUE,
    network TEXT,
    site TEXT,
    turn INTEGER NOT NULL CHECK (turn >= 0),
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    CHECK ((subject IS NULL) = (text IS NULL)),
    CHECK ((network IS NULL) = (site IS NULL)),
    CHECK ((network IS NULL) = (subject IS NOT NULL)),
    CHECK (request_key IS NULL OR network IS NOT NULL)
  ) STRICT;
  CREATE INDEX outbox_in_turn ON outbox (turn, due_at);
`
