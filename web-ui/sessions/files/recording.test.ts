import { describe, expect, it } from 'vitest';
import { encodeWav, parseWav, type WavFormat } from '../../../dsp-reference/src/audio/wav.ts';
import { coreFile } from '../../../host/wasm/src/node.ts';
import { loadCore } from '../../../host/wasm/src/node.ts';
import { readFileSync } from 'node:fs';
import { defaultSettings } from '../../../host/sessions/protocol/index.ts';
import { twoMicrophones } from '../test/noise-file.ts';
import { clean } from './clean.ts';
import type { FromCleaner } from './clean-messages.ts';
import { Cleaner } from './cleaner.ts';
import { cleanedName, readRecording } from './recording.ts';

const { left, right } = twoMicrophones(3);
const file = (
  name: string,
  channels: Float64Array[],
  format: WavFormat = 'pcm24',
  rate = 48_000,
) => ({
  name,
  bytes: encodeWav({ sampleRateHz: rate, channels }, format),
});
const codeOf = (read: () => unknown) => {
  try {
    read();
    return null;
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    expect(message.length).toBeGreaterThan(10);
    expect(hint.length).toBeGreaterThan(10);
    return code;
  }
};
const stereo = { ...defaultSettings, channels: 2, stepSize: 0.3 } as const;
const missing = coreFile() ? false : 'the WebAssembly core is not built';
if (missing) process.stderr.write(`skipped: cleaning recordings, because ${missing}\n`);

describe('recording', () => {
  it('takes one microphone, two in one file, two files, and the first two of more', () => {
    const mono = readRecording([file('a.wav', [left])]);
    expect(mono.reference).toBeNull();
    expect(mono.format).toBe('pcm24');
    const both = readRecording([file('a.wav', [left, right], 'float32')]);
    expect(both.reference!.length).toBe(left.length);
    const pair = readRecording([file('a.wav', [left]), file('b.wav', [right.subarray(0, 1000)])]);
    expect(pair.primary.length).toBe(1000);
    expect(pair.notes).toEqual(['144000 and 1000 samples: the first 1000 of both are used.']);
    const four = readRecording([file('a.wav', [left, right, left, right])]);
    expect(four.notes).toEqual(['a.wav has 4 channels: the first two are used.']);
  });

  it.each([
    ['FILES_NUMBER', []],
    ['FILES_NUMBER', [file('a', [left]), file('b', [left]), file('c', [left])]],
    ['FILES_EMPTY', [{ name: 'a.wav', bytes: new Uint8Array() }]],
    ['FILES_EMPTY', [file('a.wav', [new Float64Array()])]],
    ['WAV_INVALID', [{ name: 'a.mp3', bytes: new TextEncoder().encode('ID3 no wave at all') }]],
    ['WAV_TRUNCATED', [{ name: 'a.wav', bytes: file('a', [left]).bytes.subarray(0, 1000) }]],
    ['FILES_RATE', [file('a.wav', [left]), file('b.wav', [right], 'pcm16', 44_100)]],
    ['FILES_RATE', [file('a.wav', [left], 'pcm16', 384_000)]],
    ['FILES_TOO_LONG', [file('a.wav', [new Float64Array(601 * 100)], 'pcm16', 100)]],
  ])('refuses with %s', (code, files) => {
    expect(codeOf(() => readRecording(files))).toBe(code);
  });

  it('names the result', () => {
    expect(cleanedName('desk.WAV')).toBe('desk-cleaned.wav');
    expect(cleanedName('desk')).toBe('desk-cleaned.wav');
  });
});

describe.skipIf(missing)('cleaning', () => {
  it('takes away what the reference hears, to the last sample, and can be cancelled', async () => {
    const core = await loadCore();
    const recording = readRecording([
      file('a.wav', [left.subarray(0, 143_900), right.subarray(0, 143_900)]),
    ]);
    const shares: number[] = [];
    const options = { settings: stereo, swapped: false, onProgress: (s: number) => shares.push(s) };
    const cleaned = await clean(core, recording, options);
    expect(cleaned!.length).toBe(143_900);
    const power = (signal: ArrayLike<number>) =>
      Array.from(signal).reduce((sum, v) => sum + v * v, 0);
    const last = (signal: Float32Array | Float64Array) => signal.subarray(100_000);
    expect(10 * Math.log10(power(last(left)) / power(last(cleaned!)))).toBeGreaterThan(25);
    expect(shares.length).toBeGreaterThanOrEqual(2);
    expect(await clean(core, recording, { ...options, isCancelled: () => true })).toBeNull();
  });

  it.each(['pcm16', 'pcm24', 'pcm32', 'float32', 'float64'] as const)(
    'gives %s back as it came',
    async (format) => {
      const sent: FromCleaner[] = [];
      const cleaner = new Cleaner((message) => sent.push(message));
      await cleaner.receive({ kind: 'read', files: [file('a.wav', [left, right], format)] });
      const module = await WebAssembly.compile(readFileSync(coreFile()!));
      await cleaner.receive({ kind: 'clean', module, settings: stereo, swapped: false });
      await cleaner.receive({ kind: 'encode' });
      expect(sent.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['read', 'progress', 'cleaned', 'encoded']),
      );
      const encoded = sent.find((message) => message.kind === 'encoded')!;
      const result = parseWav(encoded.bytes);
      expect(result.format).toBe(format);
      expect(result.channels.length).toBe(1);
      expect(result.channels[0]!.length).toBe(left.length);
      const view = sent.find((message) => message.kind === 'cleaned')!;
      expect(view.cleaned.reductionDb).toBeGreaterThan(15);
    },
  );

  it('says in words what cannot be done', async () => {
    const sent: FromCleaner[] = [];
    const cleaner = new Cleaner((message) => sent.push(message));
    await cleaner.receive({ kind: 'read', files: [{ name: 'x', bytes: new Uint8Array(3) }] });
    await cleaner.receive({ kind: 'encode' });
    expect(sent).toMatchObject([
      { kind: 'failure', code: 'WAV_INVALID' },
      { kind: 'failure', code: 'FILES_NUMBER' },
    ]);
  });
});
