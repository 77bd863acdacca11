/** Captures: what went over a link, as text, one line a frame. */
import { decodeBody } from './body.ts';
import { AncError } from './errors.ts';
import { FrameDecoder } from './frame.ts';
import type { Damage, Frame } from './frame.ts';
import { frameKinds, messages } from './generated/protocol.ts';
import type { EventDescription, RequestDescription } from './generated/protocol.ts';

const header = '# anc capture 1';

export type Direction = '>' | '<';

export interface CaptureLine {
  /** `>` to the headset, `<` from it. */
  readonly direction: Direction;
  /** Since the capture began. */
  readonly ms: number;
  readonly bytes: Uint8Array;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Hex digits, blanks between bytes allowed. Errors: CAPTURE_INVALID. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits))
    throw new AncError('CAPTURE_INVALID', `'${text.slice(0, 40)}' is no hex of whole bytes`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Cuts the bytes of both directions into frames and writes a line for each. */
export class CaptureWriter {
  #write: (text: string) => void;
  #now: () => number;
  #startMs: number;
  #open: Record<Direction, number[]> = { '>': [], '<': [] };

  constructor(write: (text: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
    this.#startMs = now();
    write(`${header}\n`);
  }

  add(direction: Direction, chunk: Uint8Array): void {
    const open = this.#open[direction];
    for (const byte of chunk) {
      open.push(byte);
      if (byte !== 0) continue;
      const ms = (this.#now() - this.#startMs).toFixed(1);
      this.#write(`${direction} ${ms} ${toHex(Uint8Array.from(open))}\n`);
      open.length = 0;
    }
  }
}

/** Errors: CAPTURE_INVALID, with the line. */
export function parseCapture(text: string): CaptureLine[] {
  const lines: CaptureLine[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const match = /^([<>])\s+([\d.]+)\s+([0-9a-fA-F\s]+)$/.exec(line);
    if (!match)
      throw new AncError('CAPTURE_INVALID', `line ${index + 1} is '${line.slice(0, 60)}'`);
    lines.push({
      direction: match[1] as Direction,
      ms: Number(match[2]),
      bytes: fromHex(match[3]!),
    });
  }
  return lines;
}

export type Described =
  | {
      readonly kind: string;
      readonly message: string;
      readonly sequence: number;
      readonly body: Record<string, unknown>;
    }
  | { readonly damaged: Damage };

const byId = new Map(
  Object.values(messages).map((message) => [
    message.id as number,
    message as RequestDescription | EventDescription,
  ]),
);
const kindNames = new Map(Object.entries(frameKinds).map(([name, kind]) => [kind as number, name]));

function fieldsOf(frame: Frame, description: RequestDescription | EventDescription) {
  if ('event' in description) return description.event;
  return frame.kind === frameKinds.request ? description.request : description.response;
}

/** A frame in names and values; what is unknown keeps its number, and its body as hex. */
export function describeFrame(frame: Frame): Described {
  const kind = kindNames.get(frame.kind) ?? `kind ${frame.kind}`;
  const { sequence } = frame;
  const description = byId.get(frame.message);
  if (!description)
    return {
      kind,
      message: `message ${frame.message}`,
      sequence,
      body: { hex: toHex(frame.body) },
    };
  try {
    return {
      kind,
      message: description.name,
      sequence,
      body: decodeBody(fieldsOf(frame, description), frame.body),
    };
  } catch {
    return { kind, message: description.name, sequence, body: { malformed: toHex(frame.body) } };
  }
}

/** All frames in `bytes`, damaged ones too. */
export function describeBytes(bytes: Uint8Array): Described[] {
  const found: Described[] = [];
  const decoder = new FrameDecoder(
    (frame) => found.push(describeFrame(frame)),
    (damaged) => found.push({ damaged }),
  );
  decoder.push(bytes);
  return found;
}
