import { Argument, type Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const HOW: Record<Shell, string> = {
  bash: 'eval "$(slipway completion bash)"   in ~/.bashrc',
  zsh: 'eval "$(slipway completion zsh)"   in ~/.zshrc, after compinit',
  fish: 'slipway completion fish > ~/.config/fish/completions/slipway.fish',
};

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('Print a script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText('after', `\n${SHELLS.map((shell) => `  ${shell}  ${HOW[shell]}`).join('\n')}`)
    .action((shell: Shell) => {
      process.stdout.write(SCRIPTS[shell](wordsOf(program)));
    });
}

/** Commands and options that may follow each command path, such as `data add`; that of the program is empty. */
type Words = { path: string; commands: string[]; options: string[] };

function wordsOf(command: Command, path = ''): Words[] {
  const commands = command.commands.map((one) => one.name());
  const options = [...command.options.flatMap(({ long }) => (long ? [long] : [])), '--help'];
  const below = command.commands.flatMap((one) => wordsOf(one, `${path} ${one.name()}`.trim()));
  return [{ path, commands, options }, ...below];
}

const SCRIPTS: Record<Shell, (words: readonly Words[]) => string> = {
  bash: bashScript,
  // zsh understands completion functions of bash.
  zsh: (words) => `autoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`,
  fish: fishScript,
};

/** Names of commands and options are of letters, digits and hyphens, so they need no quoting. */
function bashScript(words: readonly Words[]): string {
  const cases = words.map(
    ({ path, commands, options }) =>
      `    ${path === '' ? "''" : `'${path}'`}) commands='${commands.join(' ')}' options='${options.join(' ')}' ;;`,
  );
  const paths = words.map(({ path }) => `'${path}'`).join('|');
  return `_slipway() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' commands='' options='' i next
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
      ${paths}) path="$next" ;;
      *) break ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$commands" -- "$current")) ;;
  esac
}
complete -o default -F _slipway slipway
`;
}

function fishScript(words: readonly Words[]): string {
  const lines = words.flatMap(({ path, commands, options }) => {
    const seen = path.split(' ').filter((word) => word !== '');
    const after = seen.map((word) => `__fish_seen_subcommand_from ${word}`);
    const first = path === '' ? ['__fish_use_subcommand'] : after;
    const when = first.join('; and ');
    return [
      ...(commands.length > 0 ? [`complete -c slipway -n '${when}' -f -a '${commands.join(' ')}'`] : []),
      ...options.map((option) => `complete -c slipway -n '${when}' -l ${option.slice(2)}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}
