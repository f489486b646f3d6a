/**
 * Failed sign-ins are counted apart from the networks that are known to an account: in one table for every address that somebody
 * tries, whether or not there is such an account. A count leaks, so each row says when it is forgotten: a day for each failure of a
 * network, 12 hours for each of all strangers together. The floor is the latest of the rows that had to make room.
 */
export const failuresAlike = `
  CREATE TABLE known_networks (
    account_key BLOB NOT NULL CHECK (length(account_key) = 32),
    network TEXT NOT NULL,
    signed_in_at INTEGER NOT NULL,
    failed_at INTEGER,
    forgotten_at INTEGER,
    PRIMARY KEY (account_key, network),
    CHECK ((failed_at IS NULL) = (forgotten_at IS NULL))
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX known_networks_by_network ON known_networks (network, signed_in_at);

  CREATE TABLE sign_in_failures (
    account_key BLOB NOT NULL CHECK (length(account_key) = 32),
    network TEXT NOT NULL,
    failed_at INTEGER NOT NULL,
    forgotten_at INTEGER NOT NULL,
    PRIMARY KEY (account_key, network)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sign_in_failures_forgotten ON sign_in_failures (forgotten_at);

  CREATE TABLE sign_in_failure_floor (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    failed_at INTEGER NOT NULL,
    forgotten_at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO sign_in_failure_floor VALUES (1, 0, 0);

  INSERT INTO known_networks
    SELECT account_key, network, signed_in_at, failed_at,
      CASE WHEN failed_at IS NULL THEN NULL ELSE failed_at + failures * 86400000 END
    FROM sign_in_networks WHERE signed_in_at IS NOT NULL;
  INSERT INTO sign_in_failures
    SELECT account_key, network, failed_at, failed_at + failures * CASE network WHEN '*' THEN 43200000 ELSE 86400000 END
    FROM sign_in_networks WHERE signed_in_at IS NULL AND failed_at IS NOT NULL;
  DROP TABLE sign_in_networks;
`
