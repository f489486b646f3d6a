import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from './config.ts'
import { day, hour } from './durations.ts'
import { isLoopback, type Origins } from './origins.ts'
import { longestSessionMs } from './sessions/session.ts'
import { isGenerous } from './trusted-proxies.ts'

/** A setting that may be meant, and takes away a protection. */
export interface RiskySetting {
  readonly name: string
  /** What it opens, and what to do where it is not meant; one line. */
  readonly risk: string
}

const longTokenMs = hour
const shortRetentionMs = 30 * day

/** Whether every user of the machine can write in a folder; tests stand other folders in. */
export type IsOpenToAll = (folder: string) => boolean

/** Settings that are taken although they open something. A start and `guestlist doctor` name them. */
export function findRiskySettings(config: Config, isOpenToAll: IsOpenToAll = isWritableByAll): RiskySetting[] {
  return [
    ...plainTextAddresses(config),
    ...openListeners(config),
    ...(isGenerous(config.trustProxy)
      ? [
          risky(
            'TRUST_PROXY',
            'whoever has one of these addresses can choose the address that limits count. Name your own proxies only',
          ),
        ]
      : []),
    ...longTimes(config),
    ...openFolders(config, isOpenToAll),
    ...(config.rateLimits
      ? []
      : [risky('RATE_LIMITS', 'off: nothing slows down guessing from one address. For tests only')]),
    ...(config.allowNetworkFileSystem
      ? [risky('ALLOW_NETWORK_FILE_SYSTEM', 'on: SQLite can lose data on a network share. Use a local disk')]
      : []),
  ]
}

const risky = (name: string, risk: string): RiskySetting => ({ name, risk })

/** Whoever is on the way can read, and change, what travels by plain http. */
function plainTextAddresses({ publicUrl, inviteUrl, resetUrl, oauth, corsOrigins }: Config): RiskySetting[] {
  const told: readonly (readonly [name: string, what: string, addresses: readonly string[]])[] = [
    ['PUBLIC_URL', 'passwords and tokens', [publicUrl]],
    ['INVITE_URL', 'invite codes', [inviteUrl ?? '']],
    ['RESET_URL', 'reset codes and new passwords', [resetUrl]],
    ['OAUTH_RETURN_ORIGINS', 'sign-ins through providers', namesOf(oauth.returnOrigins)],
    ['CORS_ORIGINS', 'passwords and tokens of these pages', namesOf(corsOrigins)],
  ]
  return told.flatMap(([name, what, addresses]) => {
    const plain = addresses.find(isPlainText)
    // By default it is below PUBLIC_URL, and told with that.
    if (plain === undefined || (name === 'RESET_URL' && plain.startsWith(`${publicUrl}/`))) return []
    return [risky(name, `${plain} is not encrypted: whoever is on the way can read ${what}. Use https`)]
  })
}

const namesOf = (origins: Origins): readonly string[] => (origins === 'loopback' ? [] : origins)

const isPlainText = (address: string): boolean => address.startsWith('http:') && !isLoopback(new URL(address).hostname)

function openListeners({ host, trustProxy, metricsPort, metricsHost }: Config): RiskySetting[] {
  return [
    ...(isLoopback(host) || trustProxy !== undefined
      ? []
      : [
          risky(
            'HOST',
            `${host} is reached from other machines without TLS: whoever is on the way can read passwords and tokens. ` +
              'Put a proxy in front, and set TRUST_PROXY',
          ),
        ]),
    ...(metricsPort === undefined || isLoopback(metricsHost)
      ? []
      : [
          risky(
            'METRICS_HOST',
            `${metricsHost} shows metrics without a password to whoever reaches port ${metricsPort}. Let only Prometheus reach it`,
          ),
        ]),
  ]
}

function longTimes({ tokenTtlMs, sessionTtlMs, auditRetentionMs }: Config): RiskySetting[] {
  return [
    ...(tokenTtlMs > longTokenMs
      ? [
          risky(
            'TOKEN_TTL',
            'services that verify offline accept the token of an ended session for as long as this. Use an hour or less',
          ),
        ]
      : []),
    ...(sessionTtlMs > longestSessionMs
      ? [
          risky(
            'SESSION_TTL',
            `a session ends after ${longestSessionMs / day} days all the same. Set ${longestSessionMs / day}d or less`,
          ),
        ]
      : []),
    ...(auditRetentionMs < shortRetentionMs
      ? [risky('AUDIT_RETENTION', 'what was done is forgotten before most break-ins are noticed. Use 30d or more')]
      : []),
  ]
}

function openFolders({ databaseFile, backupEveryMs, backupFolder }: Config, isOpenToAll: IsOpenToAll): RiskySetting[] {
  const folders: readonly (readonly [name: string, folder: string, what: string])[] = [
    ['DATABASE_URL', dirname(databaseFile), 'the data file'],
    ...(backupEveryMs === undefined ? [] : [['BACKUP_DIR', backupFolder, 'a backup'] as const]),
  ]
  return folders
    .filter(([, folder]) => isOpenToAll(folder))
    .map(([name, folder, what]) =>
      risky(name, `every user of this machine can put another file in the place of ${what}. chmod o-w ${folder}`),
    )
}

const writableByOthers = 0o002

function isWritableByAll(folder: string): boolean {
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0
  return (mode & writableByOthers) !== 0
}
