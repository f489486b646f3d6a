/** What takes turns with others, and one of its windows. */
export interface Entrant<Window> {
  readonly name: string
  measure(): Promise<Window>
}

/**
 * Windows A B C … A B C …, so that whatever else the machine does meets all of them. Each begins a cycle once in a
 * while: what a neighbour leaves behind meets all of them too. The first cycle is not counted: in it everything is
 * compiled and cached.
 */
export async function measureInTurn<Window>(
  subject: string,
  entrants: readonly Entrant<Window>[],
  cycles: number,
): Promise<Map<string, Window[]>> {
  const windows = new Map<string, Window[]>(entrants.map(({ name }) => [name, []]))
  for (let cycle = 0; cycle <= cycles; cycle += 1) {
    const first = cycle % entrants.length
    for (const { name, measure } of [...entrants.slice(first), ...entrants.slice(0, first)]) {
      const window = await measure()
      if (cycle > 0) windows.get(name)?.push(window)
    }
    console.error(`bench: ${subject}, cycle ${cycle} of ${cycles}`)
  }
  return windows
}
