import { describe, expect, it } from 'vitest';
import { FrameError, decodeFrame, encodeFrame, headerBytes, maxFrames } from './audio-frame.ts';

const samples = Float32Array.from({ length: 512 }, (_, i) => Math.sin(i / 7) / 2);

const codeOf = (bytes: Uint8Array) => {
  try {
    decodeFrame(bytes);
    return null;
  } catch (error) {
    return error instanceof FrameError ? error.code : String(error);
  }
};

describe('audio frame', () => {
  it('brings float32 back to the bit, with every field', () => {
    const frame = {
      sequence: 0xfffffffe,
      capturedAtMs: 1234.5678,
      receivedAtMs: 99.25,
      queueMicros: 310,
      filterMicros: 7,
      channels: 2,
      sampleFormat: 'float32',
      filled: true,
      bypassed: true,
      samples,
    } as const;
    expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
  });

  it('brings int16 back within half a step, and clips at full scale', () => {
    const loud = samples.map((value) => value * 3);
    const { samples: back } = decodeFrame(
      encodeFrame({ sequence: 1, samples: loud, sampleFormat: 'int16' }),
    );
    loud.forEach((value, i) => {
      const clipped = Math.max(-1, Math.min(32767 / 32768, value));
      expect(Math.abs(back[i]! - clipped)).toBeLessThanOrEqual(0.5 / 32768);
    });
  });

  it('reads a frame that lies at an odd place of a larger buffer', () => {
    const bytes = new Uint8Array(encodeFrame({ sequence: 9, samples }));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeFrame(shifted.subarray(3)).samples).toEqual(samples);
  });

  it.each([
    ['FRAME_TOO_SHORT', (bytes: Uint8Array) => bytes.subarray(0, headerBytes - 1)],
    ['FRAME_VERSION', (bytes: Uint8Array) => bytes.fill(2, 0, 1)],
    ['FRAME_FLAGS', (bytes: Uint8Array) => bytes.fill(0x81, 1, 2)],
    ['FRAME_SIZE', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
    ['FRAME_SIZE', (bytes: Uint8Array) => bytes.fill(0, 2, 4)],
    ['FRAME_SIZE', (bytes: Uint8Array) => bytes.fill(0xff, 2, 4)],
    ['FRAME_NOT_FINITE', (bytes: Uint8Array) => bytes.fill(0xff, 8, 16)],
    ['FRAME_NOT_FINITE', (bytes: Uint8Array) => bytes.fill(0xff, headerBytes, headerBytes + 4)],
  ] as const)('refuses with %s', (code, spoil) => {
    expect(codeOf(spoil(new Uint8Array(encodeFrame({ sequence: 1, samples }))))).toBe(code);
  });

  it('refuses samples far above full scale and names the sample', () => {
    const loud = samples.slice();
    loud[17] = -5;
    expect(() => decodeFrame(encodeFrame({ sequence: 1, samples: loud }))).toThrow(
      'sample 17 is -5.000',
    );
  });

  it('never throws anything else, whatever comes', () => {
    let state = 1;
    const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
    for (let run = 0; run < 5000; run += 1) {
      const bytes = new Uint8Array(next() % 200);
      for (let i = 0; i < bytes.length; i += 1) bytes[i] = next() >>> 24;
      if (bytes.length > 3 && run % 2) bytes.set([1, next() % 16, next() % 40, 0]);
      expect(codeOf(bytes) ?? 'FRAME_OK').toMatch(/^FRAME_/);
    }
  });

  it('refuses to make what it would not read', () => {
    expect(() => encodeFrame({ sequence: 1, samples: new Float32Array(0) })).toThrow(RangeError);
    expect(() => encodeFrame({ sequence: 1, samples: new Float32Array(3), channels: 2 })).toThrow(
      RangeError,
    );
    expect(() => encodeFrame({ sequence: 1, samples: new Float32Array(maxFrames + 1) })).toThrow(
      RangeError,
    );
  });
});
