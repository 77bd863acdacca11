import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DATA_MISSING, dataFile } from '../testing.ts';
import { builtinPaths } from './builtin.ts';
import { readPaths } from './read.ts';

const folder = mkdtempSync(join(tmpdir(), 'anc-paths-'));
afterAll(() => rmSync(folder, { recursive: true }));

function levelDb(response: Float64Array, frequencyHz: number): number {
  const w = (2 * Math.PI * frequencyHz) / 48000;
  const re = response.reduce((sum, v, n) => sum + v * Math.cos(w * n), 0);
  const im = response.reduce((sum, v, n) => sum - v * Math.sin(w * n), 0);
  return 10 * Math.log10(re * re + im * im);
}

function booth(): Record<string, unknown> {
  return {
    id: 'ear',
    sample_rate: 48000,
    ear: 'L',
    fit: 'normal',
    primary: { t0: 3, ir: [0, 0.25, 0.5] },
    secondary: { t0: 1, ir: [9, 0.5, 0.25] },
    feedback: { t0: 0, ir: [0, 0.001] },
  };
}

let files = 0;
function write(content: unknown): string {
  const file = join(folder, `path${files++}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('built-in paths', () => {
  it('attenuate passively as published: 0 dB to 250 Hz, 9 at 500, 13 at 1k, 17 at 2k', () => {
    const { primary } = builtinPaths('builtin:normal');
    for (const f of [50, 100, 200, 250]) expect(Math.abs(levelDb(primary, f))).toBeLessThan(1);
    expect(levelDb(primary, 500)).toBeCloseTo(-9, 0);
    expect(levelDb(primary, 1000)).toBeCloseTo(-13, 0);
    expect(Math.abs(levelDb(primary, 2000) + 17)).toBeLessThan(1);
  });

  it('have a secondary path from sample 3 with 99.9 % of its energy in 250 to 350', () => {
    const { secondary } = builtinPaths('builtin');
    expect(secondary.findIndex((v) => v !== 0)).toBe(3);
    const total = secondary.reduce((sum, v) => sum + v * v, 0);
    let energy = 0;
    const length = secondary.findIndex((v) => (energy += v * v) > 0.999 * total);
    expect(length).toBeGreaterThan(250);
    expect(length).toBeLessThan(350);
  });

  it('lose 10 dB from 63 to 250 Hz in a loose fit, and little above 1 kHz', () => {
    const normal = builtinPaths('builtin:normal').secondary;
    const loose = builtinPaths('builtin:loose').secondary;
    const losses = [63, 100, 160, 200, 250].map((f) => levelDb(normal, f) - levelDb(loose, f));
    expect(losses.reduce((a, b) => a + b) / losses.length).toBeCloseTo(10, 0);
    expect(Math.min(...losses)).toBeGreaterThan(7);
    expect(Math.max(...losses)).toBeLessThan(14);
    expect(Math.abs(levelDb(normal, 2000) - levelDb(loose, 2000))).toBeLessThan(1);
  });

  it('feed back weakly', () => {
    expect(levelDb(builtinPaths('builtin').feedback, 1000)).toBeCloseTo(-60, 0);
  });

  it('name those there are when asked for another', () => {
    for (const name of ['builtin:tight', 'builtin:constructor']) {
      expect(() => builtinPaths(name)).toThrow(
        expect.objectContaining({ code: 'PATH_UNREADABLE', hint: expect.stringMatching(/loose/) }),
      );
    }
  });
});

describe('path files', () => {
  it('delay the reference by t0 and drop what lies before t0 of the secondary path', async () => {
    const paths = await readPaths(write(booth()));
    expect([...paths.reference]).toEqual([0, 0, 0, 1]);
    expect([...paths.primary]).toEqual([0, 0.25, 0.5]);
    expect([...paths.secondary]).toEqual([0.5, 0.25]);
    expect(paths).toMatchObject({ label: 'ear', fit: 'normal', sampleRateHz: 48000 });
  });

  it('bring the dummy head to a gain of 1 at the reference microphone and take its ear', async () => {
    const side = (gain: number) => ({ ref: [0, gain], err: [0, 0, gain / 2] });
    const loop = { secondary: { t0: 0, ir: [1] }, feedback: { t0: 0, ir: [0.001] } };
    writeFileSync(
      join(folder, 'both.json'),
      JSON.stringify({ sample_rate: 48000, L: loop, R: { ...loop, secondary: { ir: [2] } } }),
    );
    const file = write({
      id: 'd',
      sample_rate: 48000,
      L: side(4),
      R: side(8),
      secondary: 'both.json',
    });
    const left = await readPaths(file);
    const right = await readPaths(`${file}#ear=R`);
    expect(left.reference[1]).toBeCloseTo(1, 12);
    expect(right.primary[2]).toBeCloseTo(0.5, 12);
    expect([left.secondary[0], right.secondary[0]]).toEqual([1, 2]);
    expect([left.label, right.label]).toEqual(['d_L', 'd_R']);
  });

  const faults: [what: string, content: unknown, code: string, message: RegExp][] = [
    ['cut off', '{"sample_rate": 480', 'PATH_UNREADABLE', /not JSON/],
    ['wrong rate', { ...booth(), sample_rate: 44100 }, 'PATH_RATE', /44100 Hz/],
    ['no rate', { ...booth(), sample_rate: undefined }, 'PATH_INVALID', /"sample_rate" is missing/],
    ['an array', [1, 2], 'PATH_INVALID', /an object is expected/],
    ['no primary', { ...booth(), primary: undefined }, 'PATH_INVALID', /neither "primary" nor/],
    [
      'no secondary',
      { ...booth(), secondary: undefined },
      'PATH_INVALID',
      /"secondary" is missing/,
    ],
    ['no t0', { ...booth(), primary: { ir: [1] } }, 'PATH_INVALID', /primary: .*"t0" is missing/],
    ['bad t0', { ...booth(), primary: { t0: -1, ir: [1] } }, 'PATH_INVALID', /index, found -1/],
    [
      't0 past end',
      { ...booth(), feedback: { t0: 2, ir: [1, 2] } },
      'PATH_INVALID',
      /t0 2 is past/,
    ],
    ['empty', { ...booth(), secondary: { t0: 0, ir: [] } }, 'PATH_INVALID', /"ir".*0 values/],
    [
      'null',
      { ...booth(), feedback: { ir: [0, 1, null] } },
      'PATH_INVALID',
      /value 2 of "ir".*null/,
    ],
    ['text', { ...booth(), feedback: { ir: ['1'] } }, 'PATH_INVALID', /value 0 of "ir".*"1"/],
    [
      'NaN',
      JSON.stringify(booth()).replace('0.001', 'NaN'),
      'PATH_INVALID',
      /value 1 of "ir".*NaN/,
    ],
    ['huge', JSON.stringify(booth()).replace('0.001', '1e999'), 'PATH_INVALID', /value 1 of "ir"/],
    [
      'silent',
      { sample_rate: 48000, L: { ref: [0], err: [1] }, secondary: 'both.json' },
      'PATH_INVALID',
      /silent/,
    ],
  ];
  it.each(faults)('refuse one that is %s', async (_, content, code, message) => {
    const error = await readPaths(write(content)).catch((e: unknown) => e);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((error as { hint: string }).hint).toBeTruthy();
  });

  it('refuse the other ear of a booth file and a file that is not there', async () => {
    await expect(readPaths(write(booth()), { ear: 'R' })).rejects.toMatchObject({
      code: 'PATH_INVALID',
    });
    const none = join(folder, 'none.json');
    await expect(readPaths(none)).rejects.toMatchObject({ code: 'PATH_UNREADABLE' });
  });
});

describe.skipIf(DATA_MISSING)(`measured paths${DATA_MISSING ? `: ${DATA_MISSING}` : ''}`, () => {
  it('are read: booth', async () => {
    const paths = await readPaths(dataFile('paths/booth/person012_L.json'));
    expect(paths).toMatchObject({ label: 'person012_L', fit: 'loose' });
    expect([paths.reference.length, paths.primary.length]).toEqual([129, 1536]);
  });

  it('are read: dummy head, both ears, err later than ref', async () => {
    for (const ear of ['L', 'R'] as const) {
      const paths = await readPaths(dataFile('paths/dummy/az090.json'), { ear });
      const peakAt = (h: Float64Array) => {
        return h.reduce((best, v, i) => (Math.abs(v) > Math.abs(h[best]!) ? i : best), 0);
      };
      expect(paths.label).toBe(`dummy_az090_${ear}`);
      expect(peakAt(paths.primary)).toBeGreaterThan(peakAt(paths.reference));
    }
  });
});
