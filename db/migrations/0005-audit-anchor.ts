/** Where the audit trail begins once old events were pruned: the number and hash of the last of them. One row, or none. */
export const auditAnchor = `
  CREATE TABLE audit_anchor (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    pruned_at INTEGER NOT NULL
  ) STRICT;
`
