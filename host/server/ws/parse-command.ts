import { AncError } from '../errors.ts';
import type { ClientMessage, Command, Mode } from '../panel-protocol.ts';

const modes: readonly string[] = ['off', 'transparency', 'anc'] satisfies Mode[];

function refuse(message: string): never {
  throw new AncError('BAD_COMMAND', message);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseNames(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
  return refuse('names is not a list of strings');
}

/** Checks shape and types; whether a parameter exists and a value is in range is the headset's to say. */
export function parseCommand(message: unknown): Command {
  if (!isRecord(message)) return refuse('a command is a JSON object');
  const { command } = message;
  switch (command) {
    case 'setMode': {
      const { mode } = message;
      if (typeof mode === 'string' && modes.includes(mode)) return { command, mode: mode as Mode };
      return refuse(`mode is one of ${modes.join(', ')}, not ${JSON.stringify(mode)}`);
    }
    case 'setParameter': {
      const { name, value } = message;
      if (typeof name !== 'string') return refuse('name is not a string');
      if (typeof value === 'number' && !Number.isFinite(value)) return refuse('value is no number');
      if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') {
        return { command, name, value };
      }
      return refuse(`value of ${name} is not a number, boolean or string`);
    }
    case 'revert':
    case 'reset': {
      const names = parseNames(message.names);
      return names ? { command, names } : { command };
    }
    case 'store':
    case 'guardClear':
    case 'resetWeights':
      return { command };
    default:
      return refuse(`unknown command ${JSON.stringify(command)}`);
  }
}

/** A text frame of a client. Throws BAD_COMMAND; `id` is then -1 unless it could be read. */
export function parseClientMessage(text: string): { id: number; command: () => Command } {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { id: -1, command: () => refuse('not JSON') };
  }
  const id: unknown = isRecord(message) ? message.id : undefined;
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) {
    return { id: -1, command: () => refuse('id is not an integer') };
  }
  return { id, command: () => parseCommand(message as ClientMessage) };
}
