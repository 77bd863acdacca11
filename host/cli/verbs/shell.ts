import { createInterface } from 'node:readline';
import {
  AncError,
  enums,
  type FieldDescription,
  fromHex,
  messages,
  type RequestDescription,
  type Requests,
} from '@anc/link';
import { Command } from 'commander';
import type { Device } from '../../device/index.ts';
import { isJson, line, note, report } from '../output.ts';
import { type DeviceOptions, useDevice, withDevice } from '../session.ts';
import { frameJson, frameText } from './parse.ts';

const requests = Object.values(messages).filter(
  (message) => 'request' in message,
) as unknown as RequestDescription[];
const commands = [
  'help',
  'events on',
  'events off',
  'hex',
  'quit',
  ...requests.map(({ name }) => name),
];

function fieldHelp(field: FieldDescription): string {
  const type = field.type === 'enum' ? Object.keys(enums[field.enumName!]).join('|') : field.type;
  return `${field.name}=<${type}>${field.repeated ? ',…' : ''}`;
}

function help(name?: string): string {
  if (!name) {
    const list = requests.map(
      ({ name: message, request }) => `  ${[message, ...request.map(fieldHelp)].join(' ')}`,
    );
    return [
      'A request with its fields, for instance: setParameter id=11 value=200',
      ...list,
      '  hex BYTES          send bytes as they are',
      '  events on|off      show telemetry, signals and log as they come',
      '  quit',
    ].join('\n');
  }
  const { request, response } = find(name);
  return [
    `request  ${request.map(fieldHelp).join(' ') || '(no fields)'}`,
    `response ${response.map(fieldHelp).join(' ')}`,
  ].join('\n');
}

function find(name: string): RequestDescription {
  const found = requests.find((request) => request.name === name);
  if (found) return found;
  throw new AncError('UNKNOWN_MESSAGE', `there is no request '${name}'`);
}

function fieldValue(field: FieldDescription, text: string): unknown {
  if (field.repeated) return text.split(',').map(Number);
  if (field.type === 'bool') return ['true', '1', 'on'].includes(text);
  if (field.type === 'bytes') return fromHex(text);
  return field.type === 'string' || field.type === 'enum' ? text : Number(text);
}

/** `setParameter id=11 value=200` as name and body. Errors: UNKNOWN_MESSAGE, UNKNOWN_FIELD. */
export function parseRequest(text: string): {
  name: keyof Requests;
  body: Record<string, unknown>;
} {
  const [name = '', ...words] = text.split(/\s+/);
  const { request } = find(name);
  const body: Record<string, unknown> = {};
  for (const word of words) {
    const [key = '', value] = word.split(/=(.*)/s);
    const field = request.find((candidate) => candidate.name === key);
    if (!field || value === undefined)
      throw new AncError(
        'UNKNOWN_FIELD',
        `${name} has no field '${word}'; write ${request.map(fieldHelp).join(' ') || 'none'}`,
      );
    body[key] = fieldValue(field, value);
  }
  return { name: name as keyof Requests, body };
}

function complete(text: string): [string[], string] {
  const words = text.split(/\s+/);
  const last = words.at(-1)!;
  if (words.length === 1)
    return [
      commands.filter((command) => command.startsWith(last)).map((command) => `${command} `),
      last,
    ];
  const fields = requests.find(({ name }) => name === words[0])?.request ?? [];
  return [fields.map(({ name }) => `${name}=`).filter((name) => name.startsWith(last)), last];
}

class Shell {
  #device: Device;
  #ends: (() => void)[] = [];

  constructor(device: Device) {
    this.#device = device;
  }

  /** false ends the shell. */
  async run(text: string): Promise<boolean> {
    const [first, second] = text.split(/\s+/);
    if (first === '' || first === undefined || first.startsWith('#')) return true;
    if (first === 'quit' || first === 'exit') return false;
    if (first === 'help') line({ help: help(second) }, help(second));
    else if (first === 'events') this.#events(second === 'on');
    else if (first === 'hex') this.#raw(text.slice(3));
    else await this.#request(text);
    return true;
  }

  async #request(text: string): Promise<void> {
    const { name, body } = parseRequest(text);
    const startMs = performance.now();
    const response = await this.#device.request(name, body);
    const frame = {
      kind: 'response',
      message: name,
      sequence: 0,
      body: response as unknown as Record<string, unknown>,
    };
    const ms = performance.now() - startMs;
    line(
      { ...(frameJson(frame) as object), ms },
      `${frameText(frame).replace(' #0', '')}   (${ms.toFixed(2)} ms)`,
    );
  }

  #raw(hex: string): void {
    const [kind = 0, message = 0, low = 0, high = 0, ...body] = fromHex(hex);
    this.#device.sendFrame({
      kind,
      message,
      sequence: low + 256 * high,
      body: Uint8Array.from(body),
    });
    note('sent: kind, message, sequence, body; COBS and CRC-32 were added');
  }

  #events(on: boolean): void {
    this.#ends.splice(0).forEach((end) => end());
    if (!on) return;
    const show = (message: string) => (event: object) => {
      const frame = { kind: 'event', message, sequence: 0, body: event as Record<string, unknown> };
      line(frameJson(frame), frameText(frame).replace(' #0', ''));
    };
    this.#ends.push(
      this.#device.on('telemetry', show('telemetry')),
      this.#device.on('log', show('log')),
      this.#device.on('signals', show('signals')),
      this.#device.on('identification', show('identification')),
    );
  }
}

export function shell(): Command {
  return withDevice(new Command('shell'))
    .description('speak the protocol by hand; also from a pipe, one request a line')
    .action((options: DeviceOptions) =>
      useDevice(options, async (device, signal) => {
        const isInteractive = process.stdin.isTTY === true && !isJson();
        const prompt = `${device.info.board}> `;
        const lines = createInterface({
          input: process.stdin,
          output: isInteractive ? process.stdout : undefined,
          completer: complete,
          prompt,
        });
        const session = new Shell(device);
        if (isInteractive) note('Requests by name, Tab completes, `help` lists them.');
        signal.addEventListener('abort', () => lines.close());
        lines.on('SIGINT', () => lines.close());
        device.on('state', (state, reason) => {
          if (reason) note(`${state}: ${reason.message}`);
        });
        if (isInteractive) lines.prompt();
        for await (const text of lines) {
          try {
            if (!(await session.run(text.trim()))) break;
          } catch (error) {
            // A slip of the finger ends nothing; a script wants to know.
            const code = report(error);
            if (!isInteractive) process.exitCode = code;
            if (device.state !== 'connected') throw error;
          }
          if (isInteractive) lines.prompt();
        }
        lines.close();
      }),
    );
}
