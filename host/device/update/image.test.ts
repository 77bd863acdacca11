import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeImage, readImage } from './image.ts';

const payload = Uint8Array.from({ length: 500 }, (_, i) => i * 7);
const portable = makeImage({ chip: 'virtual', board: 'virtual-i2s', version: '1.2.3', payload });

/** An application of two segments with an appended hash, as esptool's elf2image lays it out. */
function espApplication(chipId: number, project = 'blink'): Uint8Array {
  const segments = [300, 77].map((size) => new Uint8Array(size).fill(size));
  const description = new DataView(segments[0]!.buffer);
  description.setUint32(0, 0xabcd5432, true);
  segments[0]!.set(new TextEncoder().encode('4.5.6\0'), 16);
  segments[0]!.set(new TextEncoder().encode(`${project}\0`), 48);
  const header = new Uint8Array(24);
  header.set([0xe9, segments.length, 2, 0x20]);
  header[12] = chipId;
  header[23] = 1;
  const parts = [header];
  for (const segment of segments) {
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(4, segment.length, true);
    parts.push(new Uint8Array(head.buffer), segment);
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  parts.push(new Uint8Array(16 - (length % 16)));
  const body = Buffer.concat(parts);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

describe('firmware images', () => {
  test('say what they are for', () => {
    expect(readImage(portable)).toMatchObject({
      chip: 'virtual',
      board: 'virtual-i2s',
      version: '1.2.3',
    });
    expect(readImage(espApplication(5))).toMatchObject({
      chip: 'esp32c3',
      board: '',
      version: '4.5.6',
    });
    expect(readImage(espApplication(9, 'anc-esp32s3-reference'))).toMatchObject({
      board: 'esp32s3-reference',
    });
    expect(readImage(espApplication(18))).toMatchObject({ chip: 'esp32p4' });
    expect(readImage(espApplication(99))).toMatchObject({ chip: 'chip id 99' });
  });

  test('are not changed by being read', () => {
    const bytes = Buffer.from(portable);
    readImage(bytes);
    expect(bytes.equals(portable)).toBe(true);
  });

  test.each([
    ['portable', portable],
    ['ESP32', espApplication(5)],
  ])('a damaged %s one is refused, whatever byte it is', (_, whole) => {
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Uint8Array.from(whole);
      damaged[at]! ^= 0x10;
      expect(() => readImage(damaged), `byte ${at}`).toThrow(
        expect.objectContaining({ code: 'UPDATE_IMAGE_INVALID' }),
      );
    }
  });

  test.each([
    ['portable', portable],
    ['ESP32', espApplication(5)],
  ])('a truncated %s one is refused, wherever it ends', (_, whole) => {
    for (let length = 0; length < whole.length; length += 1)
      expect(() => readImage(whole.subarray(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'UPDATE_IMAGE_INVALID' }),
      );
  });

  test('a text that does not fit is refused', () => {
    expect(() => makeImage({ chip: 'virtual', version: '1'.repeat(32), payload })).toThrow(
      /32 bytes/,
    );
  });
});
