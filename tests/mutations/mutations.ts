import type { Change } from '../helpers/changed-copy.ts'

export interface Mutation extends Change {
  /** The check that is taken out, in words. */
  readonly what: string
  /** The test that must notice. */
  readonly test: string
  readonly title: string
}

const oneAccount = {
  test: 'tests/accounts/register.test.ts',
  title: '60 parallel registrations on one single-use code make one account',
}

const sameInstant = 'tests/sessions/same-instant.test.ts'

const twoServers = {
  test: 'tests/mail/two-servers.test.ts',
  title: 'what one server is at, another leaves alone as long as that one lives, and takes up once it is gone',
}

export const mutations: readonly Mutation[] = [
  {
    what: "the invite's condition in the write (uses < max_uses)",
    file: 'server/invites/invite-store.ts',
    from: "where('uses', '<', where.ref('max_uses'))",
    to: "where('uses', '>=', 0)",
    ...oneAccount,
  },
  {
    what: 'the row count of taking a use',
    file: 'server/accounts/register-account.ts',
    from: 'if (await consumeInvite(trx, inviteId, now)) return',
    to: 'await consumeInvite(trx, inviteId, now)\n  return',
    ...oneAccount,
  },
  {
    what: 'the generation in the write of a refresh',
    file: 'server/sessions/session-store.ts',
    from: "    .where('generation', '=', from.generation)\n",
    to: '',
    test: sameInstant,
    title: 'refreshes of one token that read the session in the same instant move it on by one, and all are answered',
  },
  {
    what: 'the row count of a refresh',
    file: 'server/sessions/refresh-session.ts',
    from: 'if (!(await rotateSession(deps.db, from, rotated))) return undefined',
    to: 'await rotateSession(deps.db, from, rotated)',
    test: sameInstant,
    title: 'an owner and a thief whose refreshes read the session in the same instant are not both answered',
  },
  {
    what: 'the generation check of a refresh',
    file: 'server/sessions/refresh-session.ts',
    from: 'if (!isCurrent && !(isBase && !deps.generationUse.isUsed(session.id, session.generation))) {',
    to: 'if (!isCurrent && !isBase) {',
    test: 'tests/sessions/token-reused.test.ts',
    title: 'the token before the current one, once that has been used, is stolen',
  },
  {
    what: 'the type of a token',
    file: 'server/sessions/tokens.ts',
    from: 'header?.typ !== tokenType || ',
    to: 'header === undefined || ',
    test: 'tests/sessions/forged-token.test.ts',
    title: 'a token of our key with another type, or without a known kid, is refused',
  },
  {
    what: 'the row count of taking a reset code',
    file: 'server/accounts/reset-password.ts',
    from: "if (!(await consumeResetCode(trx, codeHash, now()))) throw new AuthError('reset_code_invalid')",
    to: 'await consumeResetCode(trx, codeHash, now())',
    test: 'tests/accounts/reset-password-races.test.ts',
    title: 'of 20 uses of one reset code at once one succeeds',
  },
  {
    what: 'the provider in the write of a return',
    file: 'server/oauth/oauth-flow-store.ts',
    from: "    .where('provider', '=', provider)\n",
    to: '',
    test: 'tests/oauth/flow.test.ts',
    title: 'providers are not mixed up: the answer of one does not finish what was begun with another',
  },
  {
    what: 'that a return is taken once',
    file: 'server/oauth/oauth-flow-store.ts',
    from: "    .where('returned_at', 'is', null)\n",
    to: '',
    test: 'tests/oauth/flow.test.ts',
    title: 'a return is taken once: a callback that is repeated, at once or later, gets no further',
  },
  {
    what: 'the session of a link at its exchange',
    file: 'server/oauth/complete-flow.ts',
    from: 'if (flow === undefined || flow.purpose.sessionId !== presented?.session.id)',
    to: 'if (flow === undefined)',
    test: 'tests/oauth/link.test.ts',
    title: 'a link is finished in the session that began it, and in no other',
  },
  {
    what: 'the signature of an ID token',
    file: 'server/oauth/openid-provider.ts',
    from: 'execute: [enableNonRepudiationChecks, ',
    to: 'execute: [',
    test: 'tests/oauth/evil-providers.test.ts',
    title: 'an ID token that the provider has not signed with its key lets nobody in',
  },
  {
    what: 'that a transaction which changed nothing says nothing of the disk',
    file: 'db/sqlite-dialect.ts',
    from: 'if (!hasChanged) return\n',
    to: '',
    test: 'tests/service/readiness.test.ts',
    title: 'a read and a transaction that changes nothing do not make an unready server ready',
  },
  {
    what: 'the bound of the memory that hashes take together',
    file: 'server/passwords/memory-budget.ts',
    from: 'return this.#taken + bytes <= this.#bytes',
    to: 'return this.#taken <= this.#bytes',
    test: 'tests/passwords/memory-bounds.test.ts',
    title: 'tasks take no more memory together than there is, in the order in which they came',
  },
  {
    what: 'the time that an import may hold the lock',
    file: 'server/import/write-staged.ts',
    from: 'if (holding.clock() > giveUpAt) throw',
    to: 'if (holding.clock() > giveUpAt * 1e6) throw',
    test: 'tests/import/holding-up.test.ts',
    title:
      'an import that would hold others up for longer than they wait gives way, and after five attempts imports nobody',
  },
  {
    what: 'the link in the transaction of a sign-in',
    file: 'server/oauth/sign-in-by-identity.ts',
    from: '=> (await findLink(trx, identity))?.userId === user.id',
    to: '=> (await findLink(trx, identity)) !== user',
    test: 'tests/oauth/sign-in.test.ts',
    title: 'an account that is unlinked while somebody signs in through it is no way in any more',
  },
  {
    what: 'the look at the data file before a write is answered',
    file: 'db/sqlite-dialect.ts',
    from: 'if (loss !== undefined) throw new CommitOutcomeUnknown(new DataFileLost(loss))\n',
    to: '',
    test: 'tests/service/data-file-lost.test.ts',
    title: 'a write whose file goes just before its commit is told as unknown: whoever puts the file back gets it back',
  },
  {
    what: 'the refusal of a data file with a second name',
    file: 'db/refuse-unfit-file.ts',
    from: 'if (found.nlink - left.length === 1) return',
    to: 'return',
    test: 'tests/db/unfit-files.test.ts',
    title: 'a data file with a second name is not opened by either, but one that a killed restore left is no hindrance',
  },
  {
    what: 'the bound of strangers over all accounts',
    file: 'server/accounts/guess-brake.ts',
    from: 'if (this.#level + 1 > strangersAtOnce) this.#turn(true)',
    to: '',
    test: 'tests/accounts/password-spraying.test.ts',
    title: 'one password at 3,200 accounts from 400 networks is slowed, and known networks go on',
  },
  {
    what: 'that a burst is counted before it has failed',
    file: 'server/accounts/guess-brake.ts',
    from: '    this.#level += 1\n    let isWrong = false',
    to: '    let isWrong = false',
    test: 'tests/accounts/password-spraying.test.ts',
    title: 'a burst is counted before the first of it has failed',
  },
  {
    what: 'that the largest sharer makes way',
    file: 'server/http/fair-line.ts',
    from: 'const displaced = newestOfLargest(this.#listClass(this.#findCrowdedClass(newcomer)))',
    to: 'const displaced: Waiter | undefined = newcomer',
    test: 'tests/passwords/fair-queue.test.ts',
    title: '250 networks of one /56 do not keep anybody else from signing in',
  },
  {
    what: 'the wider networks of a limit',
    file: 'server/http/rate-limits.ts',
    from: "networksOf(readOrigin(request).address).join(' ')",
    to: 'networksOf(readOrigin(request).address)[0]',
    test: 'tests/http/nested-rate-limits.test.ts',
    title: 'all addresses of one /56 together have 40 tries a minute, and others have theirs',
  },
  {
    what: 'the share of a network in the connections',
    file: 'server/http/fair-share.ts',
    from: 'if (networks.some((network) => (this.#held.get(network) ?? 0) >= free)) return false',
    to: 'if (free <= 0) return false',
    test: 'tests/http/connection-share.test.ts',
    title: 'idle connections of one network leave half of them to others, and that is logged',
  },
  {
    what: 'that notices go first',
    file: 'server/mail/outbox-store.ts',
    from: "    .orderBy('turn')\n",
    to: '',
    test: 'tests/mail/outbox.test.ts',
    title:
      '500 requests for new passwords and a mail server that stands still cost nobody their notice: it comes first',
  },
  {
    what: 'that a mail another server is at is left alone',
    file: 'server/mail/outbox-store.ts',
    from: "    .where(({ or, eb }) => or([eb('claimed_until', '<=', now), eb('claimed_until', '>', until)]))\n",
    to: '',
    ...twoServers,
  },
  {
    what: 'that a server goes on holding what it is at',
    file: 'server/mail/mailer.ts',
    from: '    await extendClaims(db, [...this.#underWay.keys()], now() + claimMs)\n',
    to: '',
    ...twoServers,
  },
  {
    what: 'the share of a network in the requests that wait',
    file: 'server/mail/ask-for-mail.ts',
    from: 'if (waiting.network >= share.network) return { network }\n',
    to: '',
    test: 'tests/mail/request-shares.test.ts',
    title:
      'from one network ten requests wait at most, from its site forty: the newest makes room, and others are not held up',
  },
  {
    what: 'that a refused notice is kept',
    file: 'server/mail/retries.ts',
    from: 'if (letter === undefined) return isRefused',
    to: 'if (isRefused || letter === undefined) return isRefused',
    test: 'tests/mail/notice-retries.test.ts',
    title: 'a notice that the mail server refuses, as when it has taken too many, is tried again and arrives',
  },
  {
    what: 'the look at which of two signatures it is',
    file: 'server/sessions/tokens.ts',
    from: "if (key.signsLowS && !isLowS(signature)) throw new AuthError('token_invalid')\n",
    to: '',
    test: 'tests/sessions/one-spelling.test.ts',
    title: 'the twin of a signature (n − s) is refused, though mathematics has it right',
  },
  {
    what: 'the end of links at a reset',
    file: 'server/accounts/reset-password.ts',
    from: 'await deleteLinksOfUser(trx, id)',
    to: 'await Promise.resolve([] as string[])',
    test: 'tests/oauth/recovery.test.ts',
    title:
      'whoever recovers an account that a stranger joined through a provider has it alone: link, session and bot are gone',
  },
]
