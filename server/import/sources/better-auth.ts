import { firstOf, isTrue, liesAhead, type Source, toIsoTime } from './source.ts'

/** Rows of `user` of better-auth, with `password` of the `account` whose provider is `credential`. */
export const betterAuth: Source = {
  needed: [['email'], ['password']],
  usernames: 'username',
  refuseColumns: () => undefined,
  translate: (row, now) => ({
    fields: {
      email: firstOf(row, 'email'),
      username: firstOf(row, 'username'),
      displayName: firstOf(row, 'name'),
      avatarUrl: firstOf(row, 'image'),
      createdAt: toIsoTime(firstOf(row, 'createdAt')),
      passwordHash: firstOf(row, 'password'),
    },
    refusals: isBanned(row, now) ? [{ path: 'banned', message: 'Is banned there: leave the row out' }] : [],
  }),
}

/** For good, or until a time. */
const isBanned = (row: Readonly<Record<string, unknown>>, now: number): boolean =>
  isTrue(row.banned) && (firstOf(row, 'banExpires') === undefined || liesAhead(firstOf(row, 'banExpires'), now))
