/** Where readers would look for one: no file and no log of the server's is to hold it. */
export interface Secret {
  readonly kind: 'password' | 'invite code' | 'token'
  readonly text: string
}

/** The secrets that went to a server or came from it. */
export class Secrets {
  readonly #found = new Map<string, Secret>()

  note(kind: Secret['kind'], text: unknown): void {
    if (typeof text === 'string' && text !== '') this.#found.set(text, { kind, text })
  }

  get all(): readonly Secret[] {
    return [...this.#found.values()]
  }
}
