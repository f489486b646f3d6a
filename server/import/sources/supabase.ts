import { username } from '../../accounts/account-fields.ts'
import { firstOf, isEmpty, isTrue, liesAhead, type Source, toIsoTime } from './source.ts'

/** Rows of `auth.users` of Supabase Auth; what people said of themselves is JSON in one of its columns. */
export const supabase: Source = {
  needed: [['email'], ['encrypted_password']],
  usernames: 'raw_user_meta_data',
  refuseColumns: () => undefined,
  translate: (row, now) => {
    const path = 'raw_user_meta_data'
    const said = parseObject(row[path])
    const from = (...names: readonly string[]) => {
      const field = firstOf(said, ...names)
      return field && { path: `${path}.${field.path}`, value: field.value }
    }
    const chosen = from('username', 'user_name', 'preferred_username')
    return {
      fields: {
        email: firstOf(row, 'email'),
        // Nobody has checked it there: one that cannot be a username here is as good as none.
        username: username.safeParse(chosen?.value).success ? chosen : undefined,
        displayName: from('display_name', 'full_name', 'name'),
        avatarUrl: from('avatar_url', 'picture'),
        createdAt: toIsoTime(firstOf(row, 'created_at')),
        passwordHash: firstOf(row, 'encrypted_password'),
      },
      refusals: [
        ...(isEmpty(row.deleted_at) ? [] : [{ path: 'deleted_at', message: 'Is deleted there: leave the row out' }]),
        ...(liesAhead(firstOf(row, 'banned_until'), now)
          ? [{ path: 'banned_until', message: 'Is banned there: leave the row out' }]
          : []),
        ...(isTrue(row.is_anonymous) ? [{ path: 'is_anonymous', message: 'Is nobody there: leave the row out' }] : []),
      ],
    }
  },
}

/** JSON lines have it as an object, CSV as its text. */
function parseObject(value: unknown): Record<string, unknown> {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
