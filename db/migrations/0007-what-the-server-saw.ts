/**
 * Through how many proxies requests came, by the setting under which they came, for whoever looks whether it is right.
 * And a row that is written to find out whether the file can be.
 */
export const whatTheServerSaw = `
  CREATE TABLE seen_forwarding (
    trust_proxy TEXT NOT NULL,
    addresses INTEGER NOT NULL CHECK (addresses BETWEEN 0 AND 9),
    is_client_private INTEGER NOT NULL CHECK (is_client_private IN (0, 1)),
    requests INTEGER NOT NULL CHECK (requests > 0),
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (trust_proxy, addresses, is_client_private)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE write_probe (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    written_at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO write_probe VALUES (1, 0);
`
