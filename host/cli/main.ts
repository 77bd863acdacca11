/** The `anc` command: commander's tree, one file a verb. */
import { AncError } from '@anc/link';
import { Command, CommanderError } from 'commander';
import { exitCodes, report, useJson } from './output.ts';
import { verbs } from './verbs/index.ts';
import { version } from './version.ts';

export function makeProgram(): Command {
  const program = new Command('anc')
    .description('Find, watch, tune and simulate active noise cancelling headsets.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 bad input, 3 no headset, 4 busy or no permission, 5 refused by the headset, 130 interrupted.',
    );
  for (const verb of verbs) program.addCommand(verb());
  const each = (command: Command) => {
    command.exitOverride().configureOutput({ outputError: () => {} });
    if (command.commands.length === 0 && command.name() !== 'completion')
      command.option(
        '--json',
        'results as JSON on standard output, errors as JSON on standard error',
      );
    command.commands.forEach(each);
  };
  program.commands.forEach(each);
  program.hook('preAction', (_, action) => useJson(action.opts()['json'] === true));
  return program;
}

async function main(argv: readonly string[]): Promise<number> {
  // Before parsing: a wrong option is reported as JSON, too.
  useJson(argv.includes('--json'));
  try {
    await makeProgram().parseAsync([...argv], { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error);
    if (error.exitCode === 0) return exitCodes.ok;
    if (error.code === 'commander.help') return exitCodes.badInput;
    const message = error.message.replace(/^error: /, '');
    return report(
      new AncError('USAGE', message, {
        hint: '`anc help` lists the verbs, `anc VERB --help` its options.',
      }),
    );
  }
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `anc … | head` closes our output: that is no fault.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
// A script in `anc shell` that failed has set its own code already.
const code = await main(process.argv.slice(2));
process.exitCode = code || (process.exitCode ?? exitCodes.ok);
