import { AncError } from '@anc/link';
import { Command } from 'commander';

interface Entry {
  readonly path: string;
  readonly words: readonly string[];
}

/** Every verb with what may follow it. */
function entriesOf(command: Command, path = ''): Entry[] {
  const names = command.commands.map((sub) => sub.name());
  const options = command.options
    .map(({ long }) => long)
    .filter((long) => long !== undefined && long !== null);
  const words = [...names, ...options, '--help'];
  return [
    { path, words },
    ...command.commands.flatMap((sub) => entriesOf(sub, `${path} ${sub.name()}`.trim())),
  ];
}

function bash(entries: readonly Entry[]): string {
  const cases = entries
    .map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`)
    .join('\n');
  return `_anc() {
  local path='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in -*) break ;; *) path="\${path:+$path }\${COMP_WORDS[i]}" ;; esac
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _anc anc`;
}

function zsh(entries: readonly Entry[]): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bash(entries)}`;
}

function fish(entries: readonly Entry[]): string {
  return entries
    .flatMap(({ path, words }) => {
      const condition =
        path === ''
          ? '__fish_use_subcommand'
          : path
              .split(' ')
              .map((word) => `__fish_seen_subcommand_from ${word}`)
              .join('; and ');
      return words.map(
        (word) =>
          `complete -c anc -n '${condition}' ${word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`}`,
      );
    })
    .join('\n');
}

export function completion(): Command {
  return new Command('completion')
    .description('print the completion script of a shell: bash, zsh or fish')
    .argument('<shell>')
    .action((shell: string, _: unknown, command: Command) => {
      const writers: Record<string, (entries: readonly Entry[]) => string> = { bash, zsh, fish };
      const write = writers[shell];
      if (!write)
        throw new AncError('USAGE', `no completion for '${shell}'`, {
          hint: 'There are bash, zsh and fish.',
        });
      process.stdout.write(`${write(entriesOf(command.parent!))}\n`);
    });
}
