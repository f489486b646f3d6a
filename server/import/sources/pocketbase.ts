import { firstOf, type Source, toIsoTime } from './source.ts'

/** Rows of an auth collection of PocketBase: the hash is in `password` since 0.23, and was in `passwordHash` before. */
export const pocketbase: Source = {
  needed: [['email'], ['password', 'passwordHash']],
  usernames: 'username',
  refuseColumns: () => undefined,
  // What `avatar` names is a file of PocketBase's own.
  translate: (row) => ({
    fields: {
      email: firstOf(row, 'email'),
      username: firstOf(row, 'username'),
      displayName: firstOf(row, 'name'),
      createdAt: toIsoTime(firstOf(row, 'created')),
      passwordHash: firstOf(row, 'password', 'passwordHash'),
    },
  }),
}
