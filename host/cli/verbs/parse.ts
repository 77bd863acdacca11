import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { AncError, describeBytes, type Described, fromHex, parseCapture } from '@anc/link';
import { Command } from 'commander';
import { line } from '../output.ts';

function shown(value: unknown): string {
  if (value instanceof Uint8Array) {
    const hex = Buffer.from(value.subarray(0, 16)).toString('hex');
    return `${value.length} bytes ${hex}${value.length > 16 ? '…' : ''}`;
  }
  if (Array.isArray(value)) return `[${value.join(' ')}]`;
  return typeof value === 'string' ? `"${value}"` : String(value);
}

/** A frame on one line. */
export function frameText(frame: Described): string {
  if ('damaged' in frame) return `damaged frame (${frame.damaged})`;
  const fields = Object.entries(frame.body).map(([name, value]) => `${name}=${shown(value)}`);
  return `${frame.kind} ${frame.message} #${frame.sequence} ${fields.join(' ')}`.trimEnd();
}

/** JSON has no bytes: they become hex. */
export function frameJson(frame: Described): unknown {
  return JSON.parse(
    JSON.stringify(frame, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ),
  );
}

async function input(file: string | undefined): Promise<string> {
  if (file === undefined || file === '-') return text(process.stdin);
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new AncError('FILE_UNREADABLE', `cannot read ${file}: ${error.message}`);
  });
}

export function parse(): Command {
  return new Command('parse')
    .description('say in words what a capture, or hex bytes, hold')
    .argument('[file]', 'made by --capture; default: standard input, a capture or hex')
    .action(async (file: string | undefined) => {
      const content = await input(file);
      if (/^\s*([0-9a-f]{2}\s*)+$/i.test(content)) {
        const bytes = fromHex(content);
        // Whoever types a frame by hand may leave its end out.
        const whole = bytes.at(-1) === 0 ? bytes : Uint8Array.of(...bytes, 0);
        for (const frame of describeBytes(whole)) line(frameJson(frame), frameText(frame));
        return;
      }
      for (const { direction, ms, bytes } of parseCapture(content)) {
        for (const frame of describeBytes(bytes))
          line(
            { direction, ms, ...(frameJson(frame) as object) },
            `${direction} ${ms.toFixed(1).padStart(9)} ms  ${frameText(frame)}`,
          );
      }
    });
}
