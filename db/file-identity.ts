import { statSync } from 'node:fs'

/** Which file a path names just now. */
export function identityOf(file: string): string {
  const { dev, ino } = statSync(file, { bigint: true })
  return `${dev}:${ino}`
}
