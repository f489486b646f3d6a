/** A batch should take less than this: a quarter of what nobody notices, because a disk takes its time now and then. */
const aimMs = 5
// Of so few, what takes long is the disk.
const least = 25
const most = 1000

/** How many rows a batch deletes: found out while it goes on, as disks differ. */
export class BatchSize {
  #rows = least

  get rows(): number {
    return this.#rows
  }

  /** @param isFull it deleted as many as it might: otherwise it tells nothing of how long those would take */
  note(ms: number, isFull: boolean): void {
    if (ms > aimMs) this.#rows = Math.max(least, Math.floor(this.#rows / 2))
    else if (isFull && ms < aimMs / 2) this.#rows = Math.min(most, Math.ceil(this.#rows * 1.5))
  }
}
