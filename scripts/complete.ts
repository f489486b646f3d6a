// Prints what makes a shell complete commands and options: guestlist complete SHELL
import { Argument } from '@commander-js/extra-typings'
import { command } from './cli/command.ts'

// The words are handed on as they are, never to `eval`: the TAB key must not run what stands on the line.
const scripts = {
  bash: `_guestlist() {
  local IFS=$'\\n'
  COMPREPLY=($(guestlist __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _guestlist guestlist`,
  zsh: `#compdef guestlist
_guestlist() {
  local -a found
  found=("\${(@f)$(guestlist __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=("\${(@)\${(@)found:#}/$'\\t'/:}")
  if ((\${#found})); then _describe guestlist found; else _files; fi
}
compdef _guestlist guestlist`,
  fish: `complete --command guestlist --arguments \\
  '(guestlist __complete -- (commandline --current-process --tokenize --cut-at-cursor)[2..] (commandline --current-token --cut-at-cursor) 2>/dev/null)'`,
}

const shells = Object.keys(scripts) as (keyof typeof scripts)[]

export const printCompletions = () =>
  command({
    name: 'complete',
    summary: 'Print what makes a shell complete commands and options',
    examples: [
      ['complete bash', 'source <(guestlist complete bash)'],
      ['complete zsh', 'source <(guestlist complete zsh), after compinit'],
      ['complete fish', 'into ~/.config/fish/completions/guestlist.fish'],
    ],
  })
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action((shell) => console.log(scripts[shell]))
