/**
 * Where the audit trail begins once old events were pruned: the number and hash of the last of them, in one row or none.
 * And since when an account has had its email address, if it was changed.
 */
export const lifeOfAnAccount = `
  CREATE TABLE audit_anchor (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    pruned_at INTEGER NOT NULL
  ) STRICT;

  ALTER TABLE users ADD COLUMN email_changed_at INTEGER;
`
