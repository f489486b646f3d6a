import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import type { Command } from 'commander'
import { listSuggestions } from '../../scripts/cli/completions.ts'
import { buildProgram } from '../../scripts/cli/program.ts'
import { runCommand } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { startProcess } from '../helpers/processes.ts'
import { projectFolder } from '../helpers/source-files.ts'
import { startServer, temporaryFolder } from '../helpers/start-server.ts'

const program = buildProgram() as unknown as Command

/** Every command that does something, with the words that call it. */
const commands = program
  .createHelp()
  .visibleCommands(program)
  .flatMap((command): [string, Command][] =>
    command.commands.length === 0
      ? [[command.name(), command]]
      : command.commands.map((child) => [`${command.name()} ${child.name()}`, child]),
  )

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
  })
  command.outputHelp()
  return text
}

test('every command has an example in its help, which calls it', (t) => {
  t.true(commands.length > 25)
  for (const [words, command] of commands) {
    const examples = [...helpOf(command).matchAll(/^ {2}\$ guestlist (.+?) +# (.+)$/gm)].map(([, line]) => line ?? '')
    t.true(examples.length > 0, words)
    for (const line of examples) t.true(line === words || line.startsWith(`${words} `), line)
  }
})

test('the options of every example are options that the command has', (t) => {
  for (const [words, command] of commands) {
    const known = new Set(command.options.flatMap(({ long, short }) => [long, short]))
    const used = [...helpOf(command).matchAll(/^ {2}\$ .*$/gm)].flatMap(
      ([line]) => line.split('#')[0]?.match(/--[a-z-]+/g) ?? [],
    )
    for (const option of used) t.true(known.has(option), `${words} ${option}`)
  }
})

test('the page of commands has each of them, and no other', (t) => {
  const page = readFileSync(join(projectFolder, 'docs', 'commands.md'), 'utf8')
  const [table = ''] = page.split('\n`ACCOUNT` is')
  const rows = [...table.matchAll(/^\| `([a-z-]+(?: [a-z-]+)?)(?: [^`]*)?` \|/gm)].map(([, words]) => words ?? '')
  t.deepEqual(rows.sort(), commands.map(([words]) => words).sort())
})

test('a typo is answered with what was meant, and nothing on standard output', async (t) => {
  const file = newDataFile(t)
  for (const [args, reason] of [
    [['invits', 'mint'], /^guestlist: unknown command 'invits'\n\(Did you mean invites\?\)\n$/],
    [['users', 'lst'], /^guestlist: unknown command 'lst'\n\(Did you mean list\?\)\n$/],
    [['users', 'list', '--serch', 'a'], /^guestlist: unknown option '--serch'\n\(Did you mean --search\?\)\n$/],
  ] as const) {
    const ended = await runCommand(t, file, args)
    t.is(ended.code, 1)
    t.is(ended.stdout, '')
    t.regex(ended.stderr, reason)
  }
})

test('a table is coloured on a terminal only, and not there either with NO_COLOR', async (t) => {
  const file = newDataFile(t)
  const piped = await runCommand(t, file, ['invites', 'mint'])
  t.is(piped.stdout, stripVTControlCharacters(piped.stdout))
  const onTerminal = async (settings: Record<string, string>): Promise<string> => {
    const line = `${process.execPath} scripts/guestlist.ts invites list`
    const args = ['--quiet', '--return', '--command', line, '/dev/null']
    const { stdout } = await startProcess(t, 'script', args, {
      DATABASE_URL: `file:${file}`,
      TERM: 'xterm',
      ...settings,
    }).ended
    return stdout.replaceAll('\r', '')
  }
  const coloured = await onTerminal({})
  t.true(coloured.includes('\u001b[1mID '))
  const plain = await onTerminal({ NO_COLOR: '1' })
  t.is(plain, stripVTControlCharacters(coloured))
})

test('a reader that closes early ends the command quietly', async (t) => {
  const file = newDataFile(t)
  const line = `${process.execPath} scripts/guestlist.ts invites mint --count 20000 | head -1`
  const { stdout, stderr } = await startProcess(t, 'sh', ['-c', line], { DATABASE_URL: `file:${file}` }).ended
  t.regex(stdout, /^CODE +USES +EXPIRES\n$/)
  t.is(stderr, `20000 invites written to ${file}\n`)
})

test('commands, options and choices are suggested, and nothing where only the person knows', (t) => {
  const suggest = (...words: string[]): string[] => listSuggestions(program, words).map(({ word }) => word)
  t.true(['serve', 'invites', 'users', 'audit'].every((name) => suggest('').includes(name)))
  t.false(suggest('').includes('__complete'))
  t.deepEqual(suggest('users', 'dis'), ['disable'])
  t.deepEqual(suggest('users', 'list', '--l'), ['--limit'])
  t.deepEqual(suggest('users', 'list', '--limit', ''), [])
  t.deepEqual(suggest('import', '--format', ''), ['csv', 'jsonl'])
  t.deepEqual(suggest('complete', ''), ['bash', 'zsh', 'fish'])
  t.deepEqual(suggest('restore', ''), [])
})

/** What bash makes of the TAB key after these words, in its own completion function. */
async function completeInBash(t: ExecutionContext, ...words: string[]): Promise<string[]> {
  const typed = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`)
  const script = `guestlist() { ${process.execPath} ${join(projectFolder, 'scripts', 'guestlist.ts')} "$@"; }
    source <(guestlist complete bash)
    COMP_WORDS=(guestlist ${typed.join(' ')}) COMP_CWORD=${words.length}
    _guestlist
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = await startProcess(t, 'bash', ['-c', script]).ended
  t.is(stderr, '')
  return stdout.split('\n').filter((line) => line !== '')
}

test('bash completes what the tool knows, and runs nothing that stands on the line', async (t) => {
  t.deepEqual(await completeInBash(t, 'users', 'dis'), ['disable'])
  const marker = join(temporaryFolder(t), 'marker')
  const note = `$(touch ${marker}) \`touch ${marker}\` ;touch ${marker}; >${marker} Bob's`
  t.deepEqual(await completeInBash(t, 'invites', 'mint', '--note', note, '--us'), ['--uses'])
  t.false(existsSync(marker))
})

test('100,000 codes are printed for people in one go', async (t) => {
  const { code, stdout } = await runCommand(t, newDataFile(t), ['invites', 'mint', '--count', '100000'])
  t.is(code, 0)
  t.is(stdout.split('\n').length, 100_002)
})

test('output that cannot be written is told, and is no success', async (t) => {
  const file = newDataFile(t)
  const line = `${process.execPath} scripts/guestlist.ts invites mint >/dev/full`
  const { code, stderr } = await startProcess(t, 'sh', ['-c', line], { DATABASE_URL: `file:${file}` }).ended
  t.is(code, 1)
  t.regex(
    stderr,
    /guestlist: standard output cannot be written \(ENOSPC\): what the command changed is changed all the same\n$/,
  )
})

test('an argument that is repeated in an error cannot colour the terminal or forge a line', async (t) => {
  const server = await startServer(t)
  const { stderr } = await runCommand(t, server.file, ['users', 'show', 'a\u001b[31m\nguestlist: all is well'])
  t.is(stderr, 'guestlist: no account has the email address, username or id a\uFFFD[31m\uFFFDguestlist: all is well\n')
})
