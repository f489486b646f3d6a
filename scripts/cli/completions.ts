import { Command } from '@commander-js/extra-typings'
import type { Command as PlainCommand } from 'commander'
import { quiet } from './command.ts'

/** What the shells' scripts ask: `guestlist __complete -- WORDS`, the last of which is being typed. */
export const suggest = (program: PlainCommand) =>
  quiet(new Command('__complete'))
    .argument('[words...]')
    .action((words) => {
      const lines = listSuggestions(program, words).map(({ word, description }) => `${word}\t${description}\n`)
      process.stdout.write(lines.join(''))
    })

interface Suggestion {
  readonly word: string
  readonly description: string
}

/** The commands, options or choices that may stand in the place of the last word; none where only the person knows. */
export function listSuggestions(program: PlainCommand, words: readonly string[]): Suggestion[] {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  let command = program
  for (const word of before) command = command.commands.find((child) => child.name() === word) ?? command
  const option = command.options.find(({ long }) => long !== undefined && long === before.at(-1))
  return candidatesOf(command, option, typed).filter(({ word }) => word.startsWith(typed))
}

function candidatesOf(
  command: PlainCommand,
  option: PlainCommand['options'][number] | undefined,
  typed: string,
): Suggestion[] {
  if (option?.required || option?.optional) return (option.argChoices ?? []).map((word) => ({ word, description: '' }))
  const help = command.createHelp()
  if (typed.startsWith('-')) {
    return help.visibleOptions(command).map(({ long, description }) => ({ word: long ?? '', description }))
  }
  const children = help.visibleCommands(command).map((child) => ({ word: child.name(), description: child.summary() }))
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
  return [...children, ...choices.map((word) => ({ word, description: '' }))]
}
