/** How a session was opened: by a password, at registration, or through a linked account, with which it ends. Unknown of older ones. */
export const openedBy = `
  ALTER TABLE sessions ADD COLUMN opened_by TEXT CHECK (opened_by IS NULL OR length(opened_by) > 0);
  ALTER TABLE sessions ADD COLUMN oauth_account_id TEXT CHECK (oauth_account_id IS NULL OR length(oauth_account_id) = 36);
  CREATE INDEX sessions_of_link ON sessions (oauth_account_id) WHERE oauth_account_id IS NOT NULL;
`
