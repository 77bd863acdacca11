import { describe, expect, test } from 'vitest';
import { DspError } from '../errors.ts';
import { levelDb } from './level.ts';
import { resample } from './resample.ts';
import { encodeWav, parseWav } from './wav.ts';
import type { WavFormat } from './wav.ts';

const tone = (hz: number, sampleRateHz: number, n: number) =>
  Float64Array.from({ length: n }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / sampleRateHz));

describe('WAV', () => {
  const channels = [tone(440, 48000, 1001), tone(100, 48000, 1001)];
  const steps: Record<WavFormat, number> = {
    pcm16: 2 ** -16,
    pcm24: 2 ** -24,
    pcm32: 2 ** -32,
    float32: 2 ** -25,
    float64: 0,
  };

  test.each(Object.entries(steps) as [WavFormat, number][])(
    '%s comes back within %d',
    (format, step) => {
      const back = parseWav(encodeWav({ sampleRateHz: 48000, channels }, format));
      expect(back).toMatchObject({ sampleRateHz: 48000, format });
      back.channels.forEach((channel, c) => {
        const worst = channel.reduce(
          (max, v, i) => Math.max(max, Math.abs(v - channels[c]![i]!)),
          0,
        );
        expect(worst).toBeLessThanOrEqual(step);
      });
    },
  );

  test('integer formats saturate', () => {
    const loud = Float64Array.of(1.5, -1.5);
    const back = parseWav(encodeWav({ sampleRateHz: 8000, channels: [loud] }, 'pcm24'));
    expect([...back.channels[0]!]).toEqual([1 - 2 ** -23, -1]);
  });

  function withChunkBefore(bytes: Uint8Array, chunk: number[]): Uint8Array {
    return Uint8Array.of(...bytes.subarray(0, 36), ...chunk, ...bytes.subarray(36));
  }

  test('unknown chunks are skipped, also of odd size', () => {
    const bytes = encodeWav({ sampleRateHz: 8000, channels: [Float64Array.of(0.25)] }, 'pcm16');
    const odd = [...'LIST'].map((c) => c.charCodeAt(0)).concat(3, 0, 0, 0, 1, 2, 3, 0);
    expect([...parseWav(withChunkBefore(bytes, odd)).channels[0]!]).toEqual([0.25]);
  });

  test('the extensible form is read', () => {
    const bytes = encodeWav({ sampleRateHz: 8000, channels: [Float64Array.of(0.5)] }, 'pcm24');
    const view = new DataView(bytes.buffer);
    const extension = new Uint8Array(24);
    new DataView(extension.buffer).setUint16(8, 1, true);
    view.setUint16(20, 0xfffe, true);
    view.setUint32(16, 40, true);
    const whole = Uint8Array.of(...bytes.subarray(0, 36), ...extension, ...bytes.subarray(36));
    expect([...parseWav(whole).channels[0]!]).toEqual([0.5]);
  });

  function codeOf(run: () => unknown): string {
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(DspError);
      expect((error as DspError).hint).toBeTruthy();
      return (error as DspError).code;
    }
    return 'none';
  }

  test('every cut of a file is noticed', () => {
    const bytes = encodeWav({ sampleRateHz: 8000, channels: [tone(100, 8000, 50)] }, 'pcm16');
    for (let n = 0; n < bytes.length; n++) {
      expect(
        codeOf(() => parseWav(bytes.subarray(0, n))),
        `${n} bytes`,
      ).toMatch(/^WAV_(INVALID|TRUNCATED)$/);
    }
  });

  test('what cannot be read is refused', () => {
    const bytes = encodeWav({ sampleRateHz: 8000, channels: [Float64Array.of(0.5)] }, 'pcm16');
    new DataView(bytes.buffer).setUint16(34, 12, true);
    expect(codeOf(() => parseWav(bytes))).toBe('WAV_UNSUPPORTED');
    const nan = encodeWav({ sampleRateHz: 8000, channels: [Float64Array.of(0, NaN)] }, 'float32');
    expect(codeOf(() => parseWav(nan))).toBe('WAV_INVALID');
    expect(codeOf(() => parseWav(new TextEncoder().encode('{"not":"a wave file"}')))).toBe(
      'WAV_INVALID',
    );
  });
});

describe('resample', () => {
  test.each([44100, 16000, 96000])('a tone at %d Hz keeps level and phase', (from) => {
    const out = resample(tone(1000, from, from / 2), from, 48000);
    const wanted = tone(1000, 48000, out.length);
    const middle = out.subarray(1000, -1000);
    const error = middle.map((v, i) => v - wanted[i + 1000]!);
    expect(levelDb(error) - levelDb(middle)).toBeLessThan(-80);
  });

  test('what the lower rate cannot hold is gone', () => {
    const out = resample(tone(12000, 48000, 24000), 48000, 16000);
    expect(levelDb(out.subarray(500, -500))).toBeLessThan(-85);
  });
});

test('levels: a square wave is 0 dBFS, a sine -3.01', () => {
  expect(levelDb([1, -1, 1, -1])).toBe(0);
  expect(levelDb(tone(100, 48000, 48000)) + 6.0206).toBeCloseTo(-3.0103, 3);
});
