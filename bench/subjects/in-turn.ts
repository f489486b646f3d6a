/** What takes turns with others, and one of its windows. */
export interface Entrant<Window> {
  readonly name: string
  measure(): Promise<Window>
}

export interface Turns {
  readonly cycles: number
  /** Cycles before them that are not counted. */
  readonly warmUps: number
}

/**
 * Windows A B C … A B C …, so that whatever else the machine does meets all of them. Each begins a cycle once in a
 * while: what a neighbour leaves behind meets all of them too. The first ones are not counted: in them everything is
 * compiled and cached.
 */
export async function measureInTurn<Window>(
  subject: string,
  entrants: readonly Entrant<Window>[],
  { cycles, warmUps }: Turns,
): Promise<Map<string, Window[]>> {
  const windows = new Map<string, Window[]>(entrants.map(({ name }) => [name, []]))
  for (let turn = 0; turn < warmUps + cycles; turn += 1) {
    const first = turn % entrants.length
    for (const { name, measure } of [...entrants.slice(first), ...entrants.slice(0, first)]) {
      const window = await measure()
      if (turn >= warmUps) windows.get(name)?.push(window)
    }
    console.error(`bench: ${subject}, cycle ${turn + 1 - warmUps} of ${cycles}`)
  }
  return windows
}
