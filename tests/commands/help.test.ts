import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import test from 'ava'
import type { Command } from 'commander'
import { buildProgram } from '../../scripts/cli/program.ts'
import { runCommand } from '../helpers/commands.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { startProcess } from '../helpers/processes.ts'
import { projectFolder } from '../helpers/source-files.ts'

const program = buildProgram() as unknown as Command

/** Every command that does something, with the words that call it. */
const commands = program.commands.flatMap((command): [string, Command][] =>
  command.commands.length === 0
    ? [[command.name(), command]]
    : command.commands.map((child) => [`${command.name()} ${child.name()}`, child]),
)

const own = commands.filter(([words]) => words !== 'complete')

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
  t.true(own.length > 20)
  for (const [words, command] of own) {
    const examples = [...helpOf(command).matchAll(/^ {2}\$ guestlist (.+?) +# (.+)$/gm)].map(([, line]) => line ?? '')
    t.true(examples.length > 0, words)
    for (const line of examples) t.true(line === words || line.startsWith(`${words} `), line)
  }
})

test('the options of every example are options that the command has', (t) => {
  for (const [words, command] of own) {
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
  t.true(coloured.includes('\u001b[1mCODE\u001b[22m'))
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

test('the shell completes commands and options', async (t) => {
  const complete = async (...words: string[]): Promise<string[]> => {
    const { stdout } = await runCommand(t, newDataFile(t), ['complete', '--', ...words])
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '')
  }
  const groups = await complete('')
  for (const name of ['serve', 'invites', 'users', 'audit']) t.true(groups.includes(name), name)
  const users = await complete('users', '')
  for (const name of ['list', 'show', 'disable', 'delete']) t.true(users.includes(name), name)
  t.true((await complete('invites', 'mint', '--')).includes('--uses'))
})

test('bash completes what the tool knows', async (t) => {
  const library = '/usr/share/bash-completion/bash_completion'
  if (!existsSync(library)) {
    t.log('left out: the package bash-completion is not there')
    return t.not(process.env.CI, 'true')
  }
  const script = `source ${library}
    guestlist() { ${process.execPath} ${join(projectFolder, 'scripts', 'guestlist.ts')} "$@"; }
    source <(guestlist complete bash)
    COMP_WORDS=(guestlist users dis) COMP_CWORD=2 COMP_LINE='guestlist users dis' COMP_POINT=19
    __guestlist_complete
    echo "\${COMPREPLY[@]}"`
  const { stdout, stderr } = await startProcess(t, 'bash', ['-c', script]).ended
  t.is(stdout, 'disable\n', stderr)
})
