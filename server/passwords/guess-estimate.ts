import type { ZxcvbnFactory } from '@zxcvbn-ts/core'

/** Its time grows with the square of the length, and it runs on the loop: this many characters take some 20 ms at the most. */
const windowLength = 40

let estimator: Promise<ZxcvbnFactory> | undefined

/** Reads the estimator with its list of passwords, some 20 MB of memory; at the first question, unless it was prepared. */
export async function prepareEstimate(): Promise<ZxcvbnFactory> {
  estimator ??= load()
  try {
    return await estimator
  } catch (error) {
    estimator = undefined
    throw error
  }
}

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  // Without its list for diceware: a few words by chance are what people are asked for.
  const passwords = { 'passwords-common': dictionary['passwords-common'] }
  return new ZxcvbnFactory({ graphs: adjacencyGraphs, dictionary: passwords, maxLength: windowLength })
}

/**
 * The decimal logarithm of how many guesses a password takes, for somebody who tries common passwords, repeats, sequences,
 * dates, rows of a keyboard and these words first (zxcvbn, USENIX Security 2016).
 *
 * @param words what is known of the person and the server
 */
export async function estimateGuesses(password: string, words: readonly string[]): Promise<number> {
  const zxcvbn = await prepareEstimate()
  const characters = shortenRepeat([...password])
  let most = 0
  // A long password is as hard to guess as its hardest part, at the least.
  for (let start = 0; start < characters.length; start += windowLength) {
    const part = characters.slice(start, start + windowLength).join('')
    most = Math.max(most, zxcvbn.check(part, [...words]).guessesLog10)
  }
  return most
}

/** Of what repeats from beginning to end, two times are enough to see it, and fit into a window. */
function shortenRepeat(characters: readonly string[]): readonly string[] {
  const period = findPeriod(characters)
  return period <= characters.length / 2 ? characters.slice(0, 2 * period) : characters
}

/** After how many characters the whole repeats; its length, if it does not (the failure function of Knuth, Morris and Pratt). */
function findPeriod(characters: readonly string[]): number {
  const borders = [0]
  for (const [index, character] of characters.entries()) {
    if (index === 0) continue
    let border = borders[index - 1] ?? 0
    while (border > 0 && characters[border] !== character) border = borders[border - 1] ?? 0
    borders.push(characters[border] === character ? border + 1 : 0)
  }
  return characters.length - (borders.at(-1) ?? 0)
}
