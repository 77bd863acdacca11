/** The vectors of firmware/protocol/vectors, TypeScript side; firmware/tests/link_vectors.c is the other one. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Body, decodeBody, encodeBody } from './body.ts';
import { toHex, fromHex } from './capture.ts';
import { cobsDecodeInPlace, cobsEncode } from './cobs.ts';
import { crc32 } from './crc32.ts';
import { AncError } from './errors.ts';
import { encodeFrame, FrameDecoder } from './frame.ts';
import { type FieldDescription, messages } from './generated/protocol.ts';
import { WireReader, wireTypes } from './wire.ts';

function cases<T>(file: string): (T & { name: string })[] {
  const url = new URL(`../../../firmware/protocol/vectors/${file}`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: (T & { name: string })[] }).cases;
}

describe('CRC-32', () => {
  test.each(cases<{ hex: string; crc: string }>('crc32.json'))('$name', ({ hex, crc }) => {
    expect(crc32(fromHex(hex))).toBe(Number.parseInt(crc, 16));
  });
});

describe('COBS', () => {
  interface Case {
    hex?: string;
    encoded: string;
  }
  test.each(cases<Case>('cobs.json'))('$name', ({ hex, encoded }) => {
    const bytes = fromHex(encoded);
    const n = cobsDecodeInPlace(bytes, bytes.length);
    if (hex === undefined) {
      expect(n).toBe(-1);
      return;
    }
    expect(toHex(bytes.subarray(0, n))).toBe(hex);
    expect(toHex(cobsEncode(fromHex(hex)))).toBe(encoded);
  });
});

describe('frames', () => {
  interface Frame {
    kind: number;
    message: number;
    sequence: number;
    body: string;
  }
  interface Case {
    hex: string;
    frames: Frame[];
    damaged: number;
  }
  test.each(cases<Case>('frames.json'))('$name', ({ hex, frames, damaged }) => {
    const bytes = fromHex(hex);
    for (const piece of [1, 2, 7, 64, bytes.length]) {
      const found: Frame[] = [];
      const decoder = new FrameDecoder(({ body, ...head }) =>
        found.push({ ...head, body: toHex(body) }),
      );
      for (let at = 0; at < bytes.length; at += piece) decoder.push(bytes.subarray(at, at + piece));
      expect(found, `pieces of ${piece}`).toEqual(frames);
      expect(decoder.stats.damaged).toBe(damaged);
      expect(decoder.stats.frames).toBe(frames.length);
    }
    for (const { body, ...head } of frames) {
      expect(hex).toContain(toHex(encodeFrame({ ...head, body: fromHex(body) })));
    }
  });
});

describe('wire format', () => {
  interface Case {
    hex: string;
    fields?: { id: number; value?: string; hex?: string; skipped?: boolean }[];
  }
  function read(bytes: Uint8Array): NonNullable<Case['fields']> {
    const reader = new WireReader(bytes);
    const found: NonNullable<Case['fields']> = [];
    while (!reader.done) {
      const { field: id, wireType } = reader.key();
      if (wireType === wireTypes.varint) found.push({ id, value: String(reader.varint()) });
      else if (wireType === wireTypes.delimited) found.push({ id, hex: toHex(reader.delimited()) });
      else {
        reader.skip(wireType);
        found.push({ id, skipped: true });
      }
    }
    return found;
  }
  test.each(cases<Case>('bodies.json'))('$name', ({ hex, fields }) => {
    if (fields) expect(read(fromHex(hex))).toEqual(fields);
    else expect(() => read(fromHex(hex))).toThrow(AncError);
  });
});

describe('messages', () => {
  interface Case {
    message: keyof typeof messages;
    part: string;
    hex: string;
    body: Body;
    decodeOnly?: boolean;
  }
  const withBytes = (fields: FieldDescription[], body: Body): Body => {
    const isBytes = (name: string) =>
      fields.some((field) => field.name === name && field.type === 'bytes');
    return Object.fromEntries(
      Object.entries(body).map(([name, value]) => [
        name,
        isBytes(name) ? fromHex(value as string) : value,
      ]),
    );
  };
  test.each(cases<Case>('messages.json'))(
    '$name',
    ({ message, part, hex, decodeOnly, ...said }) => {
      const fields = (messages[message] as unknown as Record<string, FieldDescription[]>)[part]!;
      const body = withBytes(fields, said.body);
      expect(decodeBody(fields, fromHex(hex))).toEqual(body);
      if (!decodeOnly) expect(toHex(encodeBody(fields, body))).toBe(hex);
    },
  );
});
