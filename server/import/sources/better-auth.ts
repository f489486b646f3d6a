import { firstOf, isTrue, type Source, toIsoTime } from './source.ts'

/** Rows of `user` of better-auth, with `password` of the `account` whose provider is `credential`. */
export const betterAuth: Source = {
  needed: [['email'], ['password']],
  usernames: 'username',
  refuseColumns: () => undefined,
  translate: (row) => ({
    fields: {
      email: firstOf(row, 'email'),
      username: firstOf(row, 'username'),
      displayName: firstOf(row, 'name'),
      avatarUrl: firstOf(row, 'image'),
      createdAt: toIsoTime(firstOf(row, 'createdAt')),
      passwordHash: firstOf(row, 'password'),
    },
    refusals: isTrue(row.banned) ? [{ path: 'banned', message: 'Is banned there: leave the row out' }] : [],
  }),
}
