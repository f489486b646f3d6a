import type { Attack } from './attack.ts'
import { inviteGuessing } from './attacks/invite-guessing.ts'
import { noticeFlood } from './attacks/notice-flood.ts'
import { oneNetworkFlood } from './attacks/one-network-flood.ts'

/** All attacks, in the order of the report and of docs/attacks.md. */
export const attacks: readonly Attack[] = [inviteGuessing(), oneNetworkFlood(), noticeFlood()]
