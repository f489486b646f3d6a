/** Whether a key has signed with the lower s only: of older keys tokens with either live on. */
export const lowS = `
  ALTER TABLE signing_keys ADD COLUMN signs_low_s INTEGER NOT NULL DEFAULT 0 CHECK (signs_low_s IN (0, 1));
`
