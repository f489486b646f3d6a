import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartupError } from '../db/startup-error.ts'
import { day, parseDuration } from './durations.ts'
import { type MailSettings, parseMailFrom, parseSmtpUrl } from './mail-settings.ts'
import { type OAuthSettings, parseOAuthSettings } from './oauth-settings.ts'
import { isLoopback, type Origins, parseOrigins } from './origins.ts'
import { must, Refusal } from './refusal.ts'
import { isSecretName, readSecretFile, withSecretFiles } from './secret-files.ts'
import { type KeyEncryptionKey, parseKeyEncryptionKey } from './sessions/key-wrapping.ts'
import { parseTrustedProxies } from './trusted-proxies.ts'

export interface Config {
  readonly port: number
  readonly host: string
  /** Absolute path of the data file. */
  readonly databaseFile: string
  readonly allowNetworkFileSystem: boolean
  /** Without a trailing slash; the `iss` of every token. */
  readonly publicUrl: string
  readonly audience: string
  /** Undefined: signing keys lie in the data file as they are. */
  readonly keyEncryptionKey: KeyEncryptionKey | undefined
  readonly tokenTtlMs: number
  readonly sessionTtlMs: number
  readonly presenceTtlMs: number
  readonly inviteUrl: string | undefined
  /** Undefined: the server sends no mail. */
  readonly mail: MailSettings | undefined
  /** The page on which people set a new password. */
  readonly resetUrl: string
  /** Through whom people may sign in beside their password, and where to they come back. */
  readonly oauth: OAuthSettings
  readonly passwordMinLength: number
  /** What Express calls `trust proxy`: a number of hops, or addresses. */
  readonly trustProxy: number | readonly string[] | undefined
  readonly corsOrigins: Origins
  readonly logLevel: string
  readonly rateLimits: boolean
  /** How many bots a person may have. */
  readonly maxBots: number
  /** How long audit events are kept. */
  readonly auditRetentionMs: number
  /** Undefined: the server makes no backups by itself. */
  readonly backupEveryMs: number | undefined
  /** Absolute path. */
  readonly backupFolder: string
  readonly backupKeep: number
  /** Undefined: metrics are not served. */
  readonly metricsPort: number | undefined
  readonly metricsHost: string
}

/** What a server listens on, to be reached by every address; nobody can go there (RFC 6890, section 2.2.2). */
const unspecified = ['0.0.0.0', '[::]']

export type Environment = Readonly<Record<string, string | undefined>>

/** Reads a setting; what is wrong with it becomes a problem, and what comes back is undefined whatever its type says. */
export type ReadSetting = <T>(name: string, fallback: string, parse: (text: string) => T) => T

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/** Reads and checks every setting; throws one `StartupError` that names all that is wrong, on one line. */
export function parseConfig(variables: Environment, readFile = readSecretFile): Config {
  const problems: string[] = []
  const environment = withSecretFiles(variables, readFile, problems)

  const read: ReadSetting = (name, fallback, parse) => {
    const text = environment[name]?.trim() || fallback
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      // What stands before an @ may be a password.
      const isSecret = isSecretName(name) || /\/\/[^/]*@/.test(text)
      const told = isSecret ? '' : `, not ${JSON.stringify(text)}`
      problems.push(`${name} must be ${error.message}${told}`)
      return undefined as never
    }
  }

  const host = read('HOST', '127.0.0.1', parseHost)
  const port = read('PORT', '3000', parsePort)
  const databaseFile = read('DATABASE_URL', 'file:./data/guestlist.db', parseDatabaseUrl)
  // A bad PORT is one problem, not two.
  const publicUrl = read('PUBLIC_URL', `http://localhost:${port ?? 3000}`, parseBaseUrl)
  const smtp = read('SMTP_URL', '', (text) => (text === '' ? undefined : parseSmtpUrl(text)))
  const from = read('MAIL_FROM', '', (text) => (text === '' ? undefined : parseMailFrom(text)))
  const config: Config = {
    host,
    port,
    databaseFile,
    allowNetworkFileSystem: read('ALLOW_NETWORK_FILE_SYSTEM', 'off', parseSwitch),
    publicUrl,
    audience: read('AUDIENCE', 'guestlist', (text) => text),
    keyEncryptionKey: read('KEY_ENCRYPTION_KEY', '', (text) => (text === '' ? undefined : parseKeyEncryptionKey(text))),
    tokenTtlMs: read('TOKEN_TTL', '15m', parseShortTtl),
    sessionTtlMs: read('SESSION_TTL', '30d', parseTtl),
    presenceTtlMs: read('PRESENCE_TTL', '60s', parseShortTtl),
    inviteUrl: read('INVITE_URL', '', (text) => (text === '' ? undefined : parseBaseUrl(text))),
    mail: smtp && from && { smtp, from },
    resetUrl: read('RESET_URL', '', (text) => (text === '' ? `${publicUrl}/reset-password` : parseBaseUrl(text))),
    oauth: parseOAuthSettings({ environment, read, problems, publicUrl }),
    passwordMinLength: read('PASSWORD_MIN_LENGTH', '15', parsePasswordLength),
    trustProxy: read('TRUST_PROXY', '', parseTrustedProxies),
    corsOrigins: read('CORS_ORIGINS', '', (text) => parseOrigins(text, isLoopback(host))),
    logLevel: read('LOG_LEVEL', 'info', parseLogLevel),
    rateLimits: read('RATE_LIMITS', 'on', parseSwitch),
    maxBots: read('MAX_BOTS', '5', parseMaxBots),
    auditRetentionMs: read('AUDIT_RETENTION', '180d', parseTtl),
    backupEveryMs: read('BACKUP_EVERY', '', (text) => (text === '' ? undefined : parseTtl(text))),
    backupFolder: read('BACKUP_DIR', '', (text) => parseFolder(text) ?? join(dirname(databaseFile ?? ''), 'backups')),
    backupKeep: read('BACKUP_KEEP', '7', parseKeep),
    metricsPort: read('METRICS_PORT', '', (text) => (text === '' ? undefined : parsePort(text))),
    metricsHost: read('METRICS_HOST', '127.0.0.1', parseHost),
  }
  if (port === 0 && !environment.PUBLIC_URL?.trim()) problems.push('PORT=0 (any free port) needs PUBLIC_URL')
  if (smtp && !environment.MAIL_FROM?.trim())
    problems.push('SMTP_URL needs MAIL_FROM, the address that mails come from')
  if (config.metricsPort !== undefined && config.metricsPort === port && port !== 0) {
    problems.push('METRICS_PORT must be another port than PORT')
  }
  if (config.tokenTtlMs > config.sessionTtlMs) problems.push('TOKEN_TTL must not be longer than SESSION_TTL')
  if (problems.length > 0) throw new StartupError(problems.join('; '))
  return config
}

function parseHost(text: string): string {
  return /^[\w.:-]+$/.test(text) ? text : must('an address or a host name')
}

function parsePort(text: string): number {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : must('a port from 1 to 65535')
}

function parseSwitch(text: string): boolean {
  return text === 'on' || text === 'off' ? text === 'on' : must('"on" or "off"')
}

function parseTtl(text: string): number {
  return parseDuration(text) ?? must('a whole number with s, m, h or d, like 15m, and at most 100 years')
}

/** What lasts longer than a day can only be a slip: nobody is shut out, or shown as gone, for as long as that. */
function parseShortTtl(text: string): number {
  const duration = parseTtl(text)
  return duration <= day ? duration : must('at most a day (24h)')
}

function parseDatabaseUrl(text: string): string {
  const form = 'a file URL like file:./data/guestlist.db'
  const path = /^file:(.+)$/.exec(text)?.[1] ?? must(form)
  if (/[?#\0]|%00/.test(path) || path.includes(':memory:') || path.endsWith('/')) must(form)
  try {
    return path.startsWith('//') ? fileURLToPath(text) : resolve(decodeURIComponent(path))
  } catch {
    return must(form)
  }
}

function parseFolder(text: string): string | undefined {
  if (/^\w+:[^\\]/.test(text)) must('the path of a folder, like /var/backups/guestlist')
  return text === '' ? undefined : resolve(text)
}

function parseKeep(text: string): number {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : must('a number from 1')
}

function parseMaxBots(text: string): number {
  return /^\d{1,4}$/.test(text) ? Number(text) : must('a number from 0 to 9999')
}

function parseBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : must('an absolute URL')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') must('an http or https URL')
  if (url.username || url.password || url.search || url.hash) must('a URL without credentials, query and fragment')
  if (unspecified.includes(url.hostname)) must('the address that people reach it by')
  return (url.origin + url.pathname).replace(/\/+$/, '')
}

function parsePasswordLength(text: string): number {
  const length = /^\d{1,3}$/.test(text) ? Number(text) : 0
  return length >= 8 && length <= 64 ? length : must('a number from 8 to 64')
}

function parseLogLevel(text: string): string {
  return logLevels.includes(text) ? text : must(`one of ${logLevels.join(', ')}`)
}
