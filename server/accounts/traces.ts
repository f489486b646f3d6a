import { clearTraces } from '../../db/clear-traces.ts'
import type { Deps } from '../deps.ts'

/** What deleted accounts leave in the files until it is overwritten; where others are reading just now, that is done later. */
export class Traces {
  readonly #deps: Pick<Deps, 'db' | 'log'>
  #areLeft = false

  constructor(deps: Pick<Deps, 'db' | 'log'>) {
    this.#deps = deps
  }

  /** Never throws: what was deleted is deleted, whatever becomes of this. */
  async clear(): Promise<void> {
    this.#areLeft = true
    try {
      this.#areLeft = !(await clearTraces(this.#deps.db))
    } catch (err) {
      this.#deps.log.warn({ err }, 'what was deleted is not overwritten yet')
    }
  }

  async clearRemaining(): Promise<void> {
    if (this.#areLeft) await this.clear()
  }
}
