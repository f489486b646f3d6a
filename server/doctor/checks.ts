import type { Check } from './check.ts'
import { auditChain } from './checks/audit-chain.ts'
import { backups } from './checks/backups.ts'
import { clock } from './checks/clock.ts'
import { dataFile } from './checks/data-file.ts'
import { descriptors } from './checks/descriptors.ts'
import { fileModes } from './checks/file-modes.ts'
import { fileOwner } from './checks/file-owner.ts'
import { fileSystem } from './checks/file-system.ts'
import { freeSpace } from './checks/free-space.ts'
import { hashing } from './checks/hashing.ts'
import { integrity } from './checks/integrity.ts'
import { log } from './checks/log.ts'
import { mail } from './checks/mail.ts'
import { oauth } from './checks/oauth.ts'
import { proxy } from './checks/proxy.ts'
import { publicUrl } from './checks/public-url.ts'
import { references } from './checks/references.ts'
import { schema } from './checks/schema.ts'
import { settings } from './checks/settings.ts'
import { signingKey } from './checks/signing-key.ts'
import { sqlite } from './checks/sqlite.ts'
import { walSize } from './checks/wal-size.ts'

/** All that the doctor looks at, in the order of its report. */
export const checks: readonly Check[] = [
  settings,
  publicUrl,
  proxy,
  oauth,
  dataFile,
  schema,
  fileModes,
  fileOwner,
  fileSystem,
  freeSpace,
  walSize,
  sqlite,
  integrity,
  references,
  auditChain,
  signingKey,
  clock,
  backups,
  mail,
  hashing,
  descriptors,
  log,
]
