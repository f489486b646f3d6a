import { readFileSync } from 'node:fs'
import { errorCode } from '../db/database-error.ts'
import type { Environment } from './config.ts'

/** Settings that hold a secret. Each may lie in a file instead, which the setting `NAME_FILE` names. */
export const secretNames: readonly string[] = ['SMTP_URL']

export const readSecretFile = (path: string): string => readFileSync(path, 'utf8')

/** The settings with what their files hold; adds to the problems what is wrong with these. */
export function withSecretFiles(
  environment: Environment,
  readFile: (path: string) => string,
  problems: string[],
): Environment {
  const secrets: Record<string, string | undefined> = {}
  for (const name of secretNames) {
    const path = environment[`${name}_FILE`]?.trim()
    if (!path) continue
    if (environment[name]?.trim()) problems.push(`${name} and ${name}_FILE must not both be set`)
    // One that cannot be read is one problem, not two.
    secrets[name] = undefined
    try {
      secrets[name] = readFile(path).trim()
      if (secrets[name] === '') problems.push(`${name}_FILE must not be an empty file, as ${JSON.stringify(path)} is`)
    } catch (error) {
      problems.push(`${name}_FILE must be a file that can be read, not ${JSON.stringify(path)} (${errorCode(error)})`)
    }
  }
  return { ...environment, ...secrets }
}

/** The secrets and their files as unset, for a process that has nothing to do with them. */
export const withoutSecrets: Readonly<Record<string, undefined>> = Object.fromEntries(
  secretNames.flatMap((name) => [name, `${name}_FILE`]).map((name) => [name, undefined]),
)
