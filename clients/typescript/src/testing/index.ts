export { type StartGuestlistOptions, startGuestlist } from './start-guestlist.ts'
export type { MintInviteOptions, TestClock, TestGuestlist, TestPerson } from './test-guestlist.ts'
