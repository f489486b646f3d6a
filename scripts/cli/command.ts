import { Command } from '@commander-js/extra-typings'
import { readable } from './output.ts'

interface CommandText {
  readonly name: string
  /** What it does, as an order without a full stop. */
  readonly summary: string
  readonly details?: string
  /** Command lines without the program's name, each with what it is for; `--help` shows them. */
  readonly examples: readonly (readonly [line: string, purpose: string])[]
}

/** A command with its help; its file adds arguments, options and what it does. */
export function command({ name, summary, details, examples }: CommandText) {
  return quiet(new Command(name))
    .summary(summary)
    .description(details === undefined ? `${summary}.` : `${summary}. ${details}`)
    .addHelpText('after', () => `\nExamples:\n${examplesText(examples)}`)
}

/** Commands that belong together: `guestlist NAME COMMAND`. */
export function group(name: string, summary: string, commands: readonly AnyCommand[]): Command {
  const parent = quiet(new Command(name)).summary(summary).description(`${summary}.`)
  for (const child of commands) parent.addCommand(child as Command)
  return parent
}

// biome-ignore lint/suspicious/noExplicitAny: each command types arguments and options of its own
export type AnyCommand = Command<any, any, any>

/** Commander throws instead of ending the process, and speaks like every other line of ours. */
export function quiet(command: Command): Command {
  return command
    .exitOverride()
    .showSuggestionAfterError()
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .configureOutput({ outputError: (text, write) => write(`${toError(text)}\n`) })
}

/** Arguments are repeated in errors: what they hold must not move the cursor. */
const toError = (text: string): string =>
  text
    .trimEnd()
    .replace(/^error: /, 'guestlist: ')
    .split('\n')
    .map(readable)
    .join('\n')

function examplesText(examples: CommandText['examples']): string {
  const width = Math.max(...examples.map(([line]) => line.length))
  return examples.map(([line, purpose]) => `  $ guestlist ${line.padEnd(width)}  # ${purpose}`).join('\n')
}
