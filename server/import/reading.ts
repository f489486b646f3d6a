import type { Source } from './sources/source.ts'

/** How rows become accounts. */
export interface Reading {
  readonly source: Source
  /** What a username is made of where a row has none; undefined: such a row is refused. */
  readonly usernamesFrom: UsernameOrigin | undefined
}

export const usernameOrigins = ['email', 'display-name', 'nothing'] as const
export type UsernameOrigin = (typeof usernameOrigins)[number]
