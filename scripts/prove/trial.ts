import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secrets } from './secrets.ts'
import { type Answer, type RequestOptions, send } from './send.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

export interface TrialServer extends Pick<ServerProcess, 'kill' | 'url'> {
  readonly file: string
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>
  stop(): Promise<void>
}

/** One run: a temporary folder, the servers on data files in it, and what went on between us and them. */
export class Trial {
  /** The checkout whose server is tried. */
  readonly root: string
  readonly folder = mkdtempSync(join(tmpdir(), 'guestlist-prove-'))
  readonly files: string[] = []
  readonly secrets = new Secrets()
  readonly logs: (() => string)[] = []
  readonly totals = { requests: 0, putOff: 0, starts: 0, kills: 0 }
  readonly #running = new Set<ChildProcess>()

  constructor(root: string) {
    this.root = root
  }

  newDataFile(name: string): string {
    const folder = join(this.folder, name)
    mkdirSync(folder)
    const file = join(folder, 'guestlist.db')
    this.files.push(file)
    return file
  }

  /** Starts the server on a data file, which may be there already. */
  async start(file: string, settings: Readonly<Record<string, string>> = {}): Promise<TrialServer> {
    const server = await startServerProcess({ root: this.root, file, running: this.#running, settings })
    this.totals.starts += 1
    this.logs.push(server.output)
    return {
      file,
      url: server.url,
      request: async (method, path, options) => await this.#request(server.url, method, path, options),
      kill: async () => {
        this.totals.kills += 1
        await server.kill()
      },
      stop: async () => {
        const code = await server.stop()
        if (code !== 0) throw new Error(`the server ended with ${code}: ${server.output().trim().slice(-500)}`)
      },
    }
  }

  /** Runs the work on a server with a data file of its own; gives what the work gives. */
  async withServer<T>(
    name: string,
    work: (server: TrialServer) => Promise<T>,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const server = await this.start(this.newDataFile(name), settings)
    const result = await work(server)
    await server.stop()
    return result
  }

  /** Ends what still runs, and takes the folder away. */
  end(): void {
    for (const child of this.#running) child.kill('SIGKILL')
    // A server that was killed just now may have had a last file to make.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }

  async #request(url: string, method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const { password, currentPassword, newPassword, inviteCode } = options.body ?? {}
    for (const each of [password, currentPassword, newPassword]) this.secrets.note('password', each)
    this.secrets.note('invite code', inviteCode)
    this.totals.requests += 1
    const answer = await send(url, method, path, options)
    this.totals.putOff += answer.putOff
    this.secrets.note('token', answer.body.token)
    return answer
  }
}
