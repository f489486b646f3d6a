interface StartupErrorOptions {
  /** Another program was in the way: the same may go well later. */
  readonly isTemporary?: boolean
}

/** What the operator can mend: its message is one line that says how. */
export class StartupError extends Error {
  override readonly name = 'StartupError'
  readonly isTemporary: boolean

  constructor(message: string, { isTemporary = false }: StartupErrorOptions = {}) {
    super(message)
    this.isTemporary = isTemporary
  }
}
