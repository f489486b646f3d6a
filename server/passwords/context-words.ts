import type { Config } from '../config.ts'

/** What others know of the person whose password it is to be. */
export interface Owner {
  readonly email: string | null
  readonly username: string
  readonly displayName?: string | undefined
}

/** Shorter ones are in many words that say nothing. */
const shortestWord = 3
/** The shortest password that any server takes: what is left of one beside context words must be as long. */
const leastBeside = 8

/**
 * Words that somebody who guesses tries first (ASVS 5.0, 6.1.2 and 6.2.11): names of the product, of this server and of the
 * person, whole and in parts; folded, the longest first.
 */
export function contextWords({ publicUrl, audience }: Pick<Config, 'publicUrl' | 'audience'>, owner?: Owner): string[] {
  const { hostname } = new URL(publicUrl)
  const [local = '', domain = ''] = owner?.email?.split('@') ?? []
  const names = ['guestlist', audience, local, owner?.email ?? '', owner?.username ?? '', owner?.displayName ?? '']
  const words = [...names, ...names.flatMap(partsOf), ...wordsOfHost(hostname), ...wordsOfHost(domain)].map(
    foldPassword,
  )
  return [...new Set([...words, ...words.map(withoutMarks)])]
    .filter((word) => word.length >= shortestWord)
    .sort((one, other) => other.length - one.length)
}

/** Whether next to nothing is left once context words, however they are spelt, and the marks between them are taken out. */
export function isMadeOf(words: readonly string[], password: string): boolean {
  const whole = skeletonOf(password)
  const left = words.map(skeletonOf).reduce((text, word) => (word === '' ? text : text.replaceAll(word, '')), whole)
  return left !== whole && [...left].length < leastBeside
}

/** What stands for a letter in a spelling that deceives nobody who guesses. */
const letters: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '!': 'i',
  '|': 'i',
  l: 'i',
  '3': 'e',
  '4': 'a',
  '@': 'a',
  '5': 's',
  $: 's',
  '7': 't',
  '8': 'b',
  '9': 'g',
}

const skeletonOf = (text: string): string =>
  withoutMarks(foldPassword(text).replaceAll(/[0-9!|l@$]/g, (character) => letters[character] ?? character))

/** One form for letter case, width and accents that are written in two ways. */
export const foldPassword = (text: string): string => text.normalize('NFKC').toLowerCase()

const withoutMarks = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]/gu, '')

const partsOf = (text: string): string[] => text.split(/[^\p{L}\p{N}]+/u)

/** Its labels but the last, which half of the world shares. */
function wordsOfHost(host: string): string[] {
  const labels = host.split('.')
  return [host, ...(labels.length === 1 ? labels : labels.slice(0, -1)).flatMap(partsOf)]
}
