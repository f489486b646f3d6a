import { readFileSync } from 'node:fs'
import { errorCode } from '../db/database-error.ts'
import type { Environment } from './config.ts'

/** Whether a setting holds a secret. Each may lie in a file instead, which the setting `NAME_FILE` names. */
export const isSecretName = (name: string): boolean =>
  ['SMTP_URL', 'KEY_ENCRYPTION_KEY'].includes(name) || /^OAUTH_[A-Z0-9_]+_CLIENT_SECRET$/.test(name)

/** The secrets that are set, each by its name or by the file it lies in. */
const secretNamesIn = (environment: Environment): string[] => [
  ...new Set(
    Object.keys(environment)
      .map((name) => name.replace(/_FILE$/, ''))
      .filter(isSecretName),
  ),
]

export const readSecretFile = (path: string): string => readFileSync(path, 'utf8')

/** The settings with what their files hold; adds to the problems what is wrong with these. */
export function withSecretFiles(
  environment: Environment,
  readFile: (path: string) => string,
  problems: string[],
): Environment {
  const secrets: Record<string, string | undefined> = {}
  for (const name of secretNamesIn(environment)) {
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

/** For a process that has nothing to do with secrets. */
export const withoutSecrets = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !isSecretName(name.replace(/_FILE$/, ''))))
