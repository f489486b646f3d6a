import { readFileSync } from 'node:fs'

const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** The README's blocks of TypeScript, in its order. */
export const readmeBlocks: readonly string[] = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
  ([, block = '']) => block,
)

/** The one block that holds a text. */
export function readmeBlock(holding: string): string {
  const [found, ...others] = readmeBlocks.filter((block) => block.includes(holding))
  if (found === undefined || others.length > 0) throw new Error(`${others.length + 1} blocks hold ${holding}, or none`)
  return found
}

/** The same block in a scope of its own, so that its names do not meet those of another. */
export const scoped = (block: string): string => `{\n${block}}\n`
