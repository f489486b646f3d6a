import type { Attack } from './attack.ts'
import { accountEnumeration } from './attacks/account-enumeration.ts'
import { deceptiveNamesAndPasswords } from './attacks/deceptive-names-and-passwords.ts'
import { forgedTokens } from './attacks/forged-tokens.ts'
import { inviteGuessing } from './attacks/invite-guessing.ts'
import { lostDataFile } from './attacks/lost-data-file.ts'
import { noticeFlood } from './attacks/notice-flood.ts'
import { oneNetworkFlood } from './attacks/one-network-flood.ts'
import { twoMessagesInOne } from './attacks/two-messages-in-one.ts'

/** All attacks, in the order of the report and of docs/attacks.md. */
export const attacks: readonly Attack[] = [
  inviteGuessing(),
  oneNetworkFlood(),
  accountEnumeration(),
  deceptiveNamesAndPasswords(),
  forgedTokens(),
  lostDataFile(),
  twoMessagesInOne(),
  noticeFlood(),
]
