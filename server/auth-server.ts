import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from 'pino'
import { CommitOutcomeUnknown } from '../db/commit-outcome.ts'
import { openDatabase } from '../db/open-database.ts'
import { DataFileLost } from '../db/watched-file.ts'
import { GuessBrake } from './accounts/guess-brake.ts'
import { KnownNetworks } from './accounts/known-networks.ts'
import { openSignInThrottle } from './accounts/sign-in-throttle.ts'
import { Traces } from './accounts/traces.ts'
import { type Ambience, createAmbience } from './ambience.ts'
import { BotUse } from './bots/bot-use.ts'
import type { Config } from './config.ts'
import { createLog } from './create-log.ts'
import type { Deps } from './deps.ts'
import { second } from './durations.ts'
import { beginAnswer, closeWhileDraining, writeCollectedHeaders } from './http/answer-headers.ts'
import { answerJsonQuickly } from './http/answer-json.ts'
import { jsonBody } from './http/body.ts'
import { buildRouter } from './http/build-router.ts'
import { Connections } from './http/connections.ts'
import { allowOrigins } from './http/cors.ts'
import { errorHandler, notFound } from './http/error-handler.ts'
import { ForwardingCount, watchForwarding } from './http/forwarding.ts'
import { inTurn } from './http/in-turn.ts'
import { createRateLimits } from './http/rate-limits.ts'
import { refuseAmbiguous } from './http/refuse-ambiguous.ts'
import { requestLog } from './http/request-log.ts'
import { readRoomFor } from './machine/memory-room.ts'
import { type MailTimes, openMailer } from './mail/mailer.ts'
import { loadRequestMetrics } from './metrics/request-metrics.ts'
import { adoptLinks } from './oauth/adopt-links.ts'
import { createProviders } from './oauth/create-providers.ts'
import { CommonPasswords } from './passwords/common-passwords.ts'
import { loadBcrypt } from './passwords/foreign/bcrypt-worker.ts'
import { boundHashing, wantedRoom } from './passwords/hashing-bounds.ts'
import { defaultScryptCost, PasswordHashing, type ScryptCost } from './passwords/password-hashing.ts'
import { Presence } from './presence/presence.ts'
import { PresenceFeed } from './presence/presence-feed.ts'
import { PresenceStreams } from './presence/presence-streams.ts'
import { openFiles } from './process.ts'
import { createRegularWork, type RegularWork, repeat } from './regular-work.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'
import { DataFileWatch } from './service/data-file-watch.ts'
import { Readiness } from './service/readiness.ts'
import { WriteProbe } from './service/write-probe.ts'
import { authenticate } from './sessions/authenticate.ts'
import { GenerationUse } from './sessions/generation-use.ts'
import { IdentityCache } from './sessions/identity-cache.ts'
import { ensureSigningKey, SigningKeys } from './sessions/signing-keys.ts'
import { VerifiedTokens } from './sessions/verified-tokens.ts'

export interface AuthServer extends RegularWork {
  readonly app: Express
  readonly deps: Deps
  /** Resolves when the disk failed in a way that the server cannot go on after. */
  readonly broken: Promise<void>
  /** From now on `/readyz` answers 503 and connections are not kept. */
  startDraining(): void
  /** Writes what is only in memory, and closes the data file. */
  close(): Promise<void>
}

/** For tests and the development command; none of these is a setting. */
export interface Overrides extends Partial<Ambience> {
  readonly scryptCost?: ScryptCost
  /** Bytes that the process may still take. */
  readonly memoryRoom?: number
  readonly log?: Logger
  readonly rateLimitFactor?: number
  readonly openFiles?: number
  readonly mostStreams?: number
  readonly mailTimes?: Partial<MailTimes>
  readonly oauthTimeoutMs?: number
}

const beatEveryMs = 100
const slowWorkEveryMs = 10 * second

/** Opens the data file and builds everything that the endpoints share; it does not listen. */
export async function createAuthServer(config: Config, overrides: Overrides = {}): Promise<AuthServer> {
  const ambience = createAmbience(overrides)
  const { now, randomBytes } = ambience
  const { log, droppedLines } = overrides.log ? { log: overrides.log, droppedLines: () => 0 } : createLog(config, now)
  const scryptCost = overrides.scryptCost ?? defaultScryptCost
  const commonPasswords = new CommonPasswords(config.passwordMinLength)
  // Before anybody comes, and before it is asked how much memory is left.
  await Promise.all([commonPasswords.load(), loadBcrypt()])
  const hashingBounds = boundHashing(overrides.memoryRoom ?? readRoomFor(wantedRoom(scryptCost)), scryptCost)
  const readiness = new Readiness(log)
  const writeProbe = new WriteProbe({ now, readiness })
  const broken = Promise.withResolvers<void>()
  const noteWrite = (failure?: unknown): void => {
    writeProbe.note(failure)
    // A file that is gone may come back; a disk that failed is not trusted again.
    if (!(failure instanceof CommitOutcomeUnknown) || failure.cause instanceof DataFileLost) return
    readiness.begin('outcome_unknown')
    log.fatal(
      { event: 'commit.outcome_unknown', err: failure.cause },
      'the disk failed during a commit: the server writes nothing more and stops. Look after the disk; the next start finds out whether the commit is there',
    )
    broken.resolve()
  }
  const dataFileWatch = new DataFileWatch({ file: config.databaseFile, now, log, readiness })
  const db = openDatabase(config.databaseFile, {
    ...config,
    onWrite: noteWrite,
    onWatched: (watched) => dataFileWatch.watch(watched),
  })
  await ensureSigningKey(db, now())
  await adoptLinks(db, config.oauth)
  const knownNetworks = new KnownNetworks({ db, now })
  await knownNetworks.read()
  const guessBrake = new GuessBrake({ knownNetworks, now })
  const presence = new Presence(now, config.presenceTtlMs, { randomBytes })
  const presenceFeed = new PresenceFeed(presence, randomBytes(4).toString('hex'))
  const deps: Deps = {
    ...ambience,
    config,
    db,
    log,
    droppedLogLines: droppedLines,
    hashing: new PasswordHashing(scryptCost, randomBytes, hashingBounds, (address) => knownNetworks.isKnown(address)),
    commonPasswords,
    signInThrottle: await openSignInThrottle({ ...ambience, db, knownNetworks, guessBrake }),
    knownNetworks,
    guessBrake,
    oauthProviders: await createProviders(config, overrides.oauthTimeoutMs),
    signingKeys: new SigningKeys(db, now, config),
    verifiedTokens: new VerifiedTokens(),
    generationUse: new GenerationUse(),
    sessionCache: new IdentityCache(),
    botCache: new IdentityCache(),
    presence,
    presenceFeed,
    presenceStreams: new PresenceStreams({ presence, feed: presenceFeed, now, config }, overrides.mostStreams),
    connections: new Connections({
      openFiles: overrides.openFiles ?? openFiles,
      isSharedByNetwork: config.trustProxy === undefined,
      log,
      now,
    }),
    botUse: new BotUse(),
    traces: new Traces({ db, log }),
    mailer: await openMailer({ ...ambience, config, db, log }, overrides.mailTimes),
    forwardingCount: new ForwardingCount(),
    readiness,
    writeProbe,
    dataFileWatch,
    requestMetrics: await loadRequestMetrics(config),
    routes,
    isDraining: () => readiness.has('draining'),
  }
  const work = await createRegularWork(deps)
  const timers = [
    repeat(work.beat, beatEveryMs),
    repeat(work.followUp, beatEveryMs),
    repeat(work.doSlowWork, slowWorkEveryMs),
  ]
  return {
    app: createApp(deps, overrides.rateLimitFactor ?? (config.rateLimits ? 1 : 0)),
    deps,
    broken: broken.promise,
    ...work,
    startDraining: () => {
      readiness.begin('draining')
      deps.presenceStreams.closeAll()
    },
    close: async () => {
      await Promise.all([deps.mailer?.close(), ...timers.map((stopRepeating) => stopRepeating())])
      deps.presenceStreams.closeAll()
      deps.presence.disconnectAll()
      await work.saveRemaining()
      await dataFileWatch.finish()
      // After a failed commit the files are left as they are, for the recovery of the next start to judge.
      if (!readiness.has('outcome_unknown')) await db.destroy()
    },
  }
}

function createApp(deps: Deps, rateLimitFactor: number): Express {
  const { config, log } = deps
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.enable('case sensitive routing').enable('strict routing')
  app.set('query parser', 'simple').set('trust proxy', config.trustProxy ?? false)
  writeCollectedHeaders(app)
  answerJsonQuickly(app)
  app.use(
    inTurn(
      beginAnswer(deps.newId),
      closeWhileDraining(deps.isDraining),
      ...(deps.requestMetrics === undefined ? [] : [deps.requestMetrics.measure]),
      requestLog(log),
      allowOrigins(config.corsOrigins),
      refuseAmbiguous,
      watchForwarding(config, log, deps.forwardingCount),
    ),
  )
  const limits = createRateLimits(rateLimitFactor, deps.now)
  const handlersOf = ([, , limit, access, body, endpoint]: Route): RequestHandler[] => [
    ...(limit === 'none' ? [] : [limits[limit]]),
    ...(access === 'token' || access === 'person' ? [authenticate(deps, access)] : []),
    ...(body === 'json' ? [jsonBody] : []),
    endpoint.handle(deps),
  ]
  app.use(buildRouter(routes.map((route) => ({ method: route[0], path: route[1], handlers: handlersOf(route) }))))
  app.use(notFound)
  app.use(errorHandler(log))
  return app
}
