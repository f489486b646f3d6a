import { stripTypeScriptTypes } from 'node:module'
import * as client from '@guestlist/client'
import * as testing from '@guestlist/client/testing'
import * as verify from '@guestlist/client/verify'

const entries: Record<string, object> = {
  '@guestlist/client': client,
  '@guestlist/client/verify': verify,
  '@guestlist/client/testing': testing,
}

const AsyncFunction = (async () => {}).constructor as new (
  ...names: string[]
) => (...values: unknown[]) => Promise<unknown>

/**
 * Runs a block of documentation as it stands, in a scope of its own, with the built package behind its imports.
 *
 * @param given what the text around the block has already made
 * @param returned an expression over the block's own names, evaluated at its end
 */
export async function runBlock(
  block: string,
  given: Record<string, unknown>,
  returned = 'undefined',
): Promise<unknown> {
  const body = block
    .replace(/^import type .*$/gm, '')
    .replace(/^import (\{[^}]*\}) from '([^']+)'/gm, (_, names, entry) => `const ${names} = entries['${entry}']`)
  const scope = stripTypeScriptTypes(`async () => {\n${body}\nreturn ${returned}\n}`)
  const values = { entries, ...given }
  return await new AsyncFunction(...Object.keys(values), `return (${scope})()`)(...Object.values(values))
}
