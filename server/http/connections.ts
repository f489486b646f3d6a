import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { minute } from '../durations.ts'
import { FairShare } from './fair-share.ts'
import { networksOf } from './networks.ts'

/** As many as streams of presence and requests beside them need; where fewer files may be open, three in four of those. */
const most = 16_000

export interface ConnectionsOptions {
  /** Files that this process may have open. */
  readonly openFiles: number
  /** False behind proxies: all connections are theirs, and sharing them out is their job. */
  readonly isSharedByNetwork: boolean
  readonly log: Logger
  readonly now: () => number
}

/** The open connections: so few that files stay for the rest of the server, and a share for each network. */
export class Connections {
  readonly most: number
  readonly #options: ConnectionsOptions
  readonly #share: FairShare
  #open = 0
  #refused = 0
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(options: ConnectionsOptions) {
    this.most = Math.min(most, Math.floor((options.openFiles * 3) / 4))
    this.#options = options
    this.#share = new FairShare(this.most)
  }

  /** Open just now, and refused since the start. */
  get load(): { readonly open: number; readonly refused: number } {
    return { open: this.#open, refused: this.#refused }
  }

  /** Closes at once what is too many. */
  watch(server: Server): void {
    server.maxConnections = this.most
    server.on('drop', () => this.#refuse())
    server.prependListener('connection', (socket) => this.#admit(socket))
  }

  #admit(socket: Socket): void {
    const networks = networksOf(socket.remoteAddress ?? '')
    if (this.#options.isSharedByNetwork && !this.#share.tryTake(networks)) {
      this.#refuse()
      socket.destroy()
      return
    }
    this.#open += 1
    socket.once('close', () => {
      this.#open -= 1
      if (this.#options.isSharedByNetwork) this.#share.giveBack(networks)
    })
  }

  #refuse(): void {
    this.#refused += 1
    const { log, now } = this.#options
    // Either way: after a clock that was put back, the last time would lie ahead for long.
    if (Math.abs(now() - this.#toldAt) < minute) return
    this.#toldAt = now()
    log.warn({ ...this.load, most: this.most }, 'connections were closed: too many in all, or too many of one network')
  }
}
