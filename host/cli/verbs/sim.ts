import { Command } from 'commander';
import { AncError } from '@anc/link';
import { exitCodes } from '../output.ts';

export function sim(): Command {
  return new Command('sim')
    .description(
      'run a virtual headset in the foreground; options are those of anc-virtual, `anc sim -- --help` lists them',
    )
    .argument('[options...]')
    .allowUnknownOption()
    .helpOption('-h, --usage', 'how to use this verb')
    .action(async (_: string[], __: unknown, command: Command) => {
      const { spawn } = await import('node:child_process');
      const { virtualHeadsetProgram } = await import('../../transports/index.ts');
      const args = command.args.filter((arg) => arg !== '--');
      const reachable = args.some((arg) => /^--(tcp|pty|seconds|help)/.test(arg));
      const child = spawn(virtualHeadsetProgram(), reachable ? args : ['--tcp', ...args], {
        stdio: 'inherit',
      });
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.on(signal, () => child.kill(signal));
      const code = await new Promise<number>((resolve, reject) => {
        child.once('error', (error) => reject(new AncError('SIM_FAILED', error.message)));
        child.once('exit', (status) => resolve(status ?? exitCodes.interrupted));
      });
      // The program has said what was wrong.
      if (code !== 0) process.exit(code);
    });
}
