// Lists the signing keys: guestlist keys list
import { describeKeys, type KeyState } from '../../server/sessions/key-states.ts'
import { isWrapped } from '../../server/sessions/key-wrapping.ts'
import { listSigningKeys } from '../../server/sessions/signing-key-store.ts'
import { command } from '../cli/command.ts'
import { withDataFile } from '../cli/data-file.ts'
import { printJson, printTable, toIso, toMinute } from '../cli/output.ts'

const meanings: Record<KeyState, string> = {
  upcoming: 'published, signs soon',
  signing: 'signs',
  published: 'its last tokens may live',
  kept: 'for sessions that rest',
  retired: 'for nothing; the server removes it',
}

export const listKeys = () =>
  command({
    name: 'list',
    summary: 'List the keys that sign tokens, oldest first',
    details: 'The id is the `kid` in the header of every token and in /.well-known/jwks.json.',
    examples: [
      ['keys list', 'which key signs now, and since when'],
      ['keys list --json', 'for a program'],
    ],
  })
    .option('--json', 'print an array and nothing else')
    .action(async ({ json }) => {
      await withDataFile(async ({ config, db, now }) => {
        const keys = describeKeys(await listSigningKeys(db), now(), config.tokenTtlMs)
        if (json) {
          return printJson(
            keys.map(({ key, signsUntil, state }) => ({
              id: key.id,
              state,
              createdAt: toIso(key.createdAt),
              signsFrom: toIso(key.signsFrom),
              signsUntil: toIso(signsUntil),
              wrapped: isWrapped(key.privateKey),
            })),
          )
        }
        printTable(
          ['id', 'signs from', 'until', 'wrapped', 'state'],
          keys.map(({ key, signsUntil, state }) => [
            key.id,
            toMinute(key.signsFrom),
            toMinute(signsUntil),
            isWrapped(key.privateKey) ? 'yes' : 'no',
            `${state}: ${meanings[state]}`,
          ]),
        )
      })
    })
