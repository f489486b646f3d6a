/** The backups that were proven whole, so that a restarted server knows when the next one is due. */
export const backupRecords = `
  CREATE TABLE backups (
    id INTEGER PRIMARY KEY NOT NULL,
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes > 0),
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    users INTEGER NOT NULL CHECK (users >= 0),
    audit_sequence INTEGER NOT NULL CHECK (audit_sequence >= 0),
    audit_hash BLOB CHECK (length(audit_hash) = 32),
    started_at INTEGER NOT NULL,
    proven_at INTEGER NOT NULL,
    CHECK ((audit_sequence = 0) = (audit_hash IS NULL))
  ) STRICT;
`
