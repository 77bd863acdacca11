import type { Headset } from '../headset.ts';
import type { Command, LogLevel } from '../panel-protocol.ts';

/** What a carried out command says in the event log. */
export interface CommandNote {
  readonly level: LogLevel;
  readonly code: string;
  readonly text: string;
}

function named(names: readonly string[] | undefined): string {
  return names ? names.join(', ') : 'all parameters';
}

/** Carries a command out on the headset; rejects with the headset's error. */
export async function runCommand(headset: Headset, command: Command): Promise<CommandNote> {
  switch (command.command) {
    case 'setMode':
      await headset.setMode(command.mode);
      return { level: 'info', code: 'modeSet', text: `mode set to ${command.mode}` };
    case 'setParameter':
      await headset.setParameter(command.name, command.value);
      return { level: 'info', code: 'parameterSet', text: `${command.name} = ${command.value}` };
    case 'store':
      await headset.storeParameters();
      return { level: 'info', code: 'stored', text: 'parameters stored and read back' };
    case 'revert':
      await headset.revertParameters(command.names);
      return { level: 'info', code: 'reverted', text: `${named(command.names)}: stored values` };
    case 'reset':
      await headset.resetParameters(command.names);
      return { level: 'info', code: 'reset', text: `${named(command.names)}: defaults` };
    case 'guardClear':
      await headset.guardClear();
      return { level: 'info', code: 'guardCleared', text: 'guard cleared' };
    case 'resetWeights':
      await headset.resetWeights();
      return { level: 'info', code: 'weightsReset', text: 'control filter set to zero' };
  }
}
